import AudioFiles
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline

/// One line of a batch's input.
struct BatchItem: Decodable, Sendable {
    let id: String
    /// A recording.
    let path: String?
    /// A recording in base64.
    let audio: String?
    /// A written question.
    let text: String?
    let mode: String?
    let seed: UInt64?
    let maxSteps: Int?
    /// What is wrong with a field; the line gets an error and the others go on.
    private let problem: String?

    private enum CodingKeys: String, CodingKey { case id, path, audio, text, mode, seed, maxSteps }

    /// Only a line without an `id` cannot be answered at all.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        var problems: [String] = []
        func value<Value: Decodable>(_ key: CodingKeys, _ kind: String) -> Value? {
            do { return try fields.decodeIfPresent(Value.self, forKey: key) } catch {
                problems.append("\(key.stringValue) must be \(kind)")
                return nil
            }
        }
        path = value(.path, "a string")
        audio = value(.audio, "a string")
        text = value(.text, "a string")
        mode = value(.mode, "a string")
        seed = value(.seed, "a whole number of 0 to \(UInt64.max)")
        let counts = "a whole number of \(NumberCheck.counts.lowerBound) to \(NumberCheck.counts.upperBound)"
        maxSteps = value(.maxSteps, counts)
        if let maxSteps, !NumberCheck.counts.contains(maxSteps) { problems.append("maxSteps must be \(counts)") }
        problem = problems.first
    }

    enum Question {
        case speech(AudioChunk)
        case text(String)
    }

    /// The question, and the mode to answer it in.
    ///
    /// - Throws: ``InputError``, or what the file is refused with.
    func question() throws -> (Question, ReplyMode) {
        if let problem { throw malformed(problem) }
        let sources = [path, audio, text].compactMap(\.self).count
        guard sources == 1 else { throw malformed("exactly one of path, audio and text is needed") }
        if let text, text.allSatisfy(\.isWhitespace) { throw malformed("text is empty: there is no question") }
        let question: Question =
            if let text {
                .text(text)
            } else {
                .speech(try path.map { try AudioInput.readSpeech($0) } ?? decodedAudio())
            }
        return (question, try replyMode(isSpoken: text == nil))
    }

    private func decodedAudio() throws -> AudioChunk {
        let bytes = try bytes()
        return try NamedError.naming(id) {
            let audio = try AudioFile.decode(bytes, name: id).audio
            try audio.requireSpeech()
            return audio
        }
    }

    private func bytes() throws(InputError) -> [UInt8] {
        // Many encoders break lines.
        let text = (audio ?? "").utf8.filter { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
        guard let bytes = Data(base64Encoded: Data(text)) else { throw malformed("audio is not base64") }
        return [UInt8](bytes)
    }

    private func replyMode(isSpoken: Bool) throws(InputError) -> ReplyMode {
        guard let mode else { return isSpoken ? .speechToSpeechBatch : .textToSpeech }
        guard let known = ReplyMode(rawValue: mode) else { throw malformed("there is no mode \(mode)") }
        guard known.listens == isSpoken else { throw malformed("mode \(mode) takes another kind of question") }
        return known
    }

    private func malformed(_ reason: String) -> InputError { InputError(code: .malformed, path: id, reason: reason) }
}

/// One line of a batch's output: nothing in it depends on when, where or beside whom it was made.
struct BatchResult: Codable, Sendable {
    let id: String
    var mode: String?
    var text: String?
    var ending: String?
    var warnings: [String]?
    var tokens: [[Int32]]?
    /// A WAV file of 16 bits in base64.
    var audio: String?
    /// Why there is no answer.
    var error: String?

    /// Whether this is a result, and not a question, which has an `id` as well.
    var isComplete: Bool { ending != nil || error != nil }

    init(id: String, error: any Error) {
        self.id = id
        self.error = String(describing: error)
    }

    init(id: String, reply: Reply, includesTokens: Bool, includesAudio: Bool) throws {
        self.id = id
        mode = reply.metrics.mode.rawValue
        text = reply.text
        ending = reply.metrics.ending.rawValue
        warnings = reply.warnings.isEmpty ? nil : reply.warnings.map(\.description)
        tokens = includesTokens ? reply.tokens : nil
        audio = includesAudio ? reply.audio.map { Data($0.wav16).base64EncodedString() } : nil
    }
}

extension AudioChunk {
    /// A WAV file of 16-bit samples.
    fileprivate var wav16: [UInt8] {
        let pcm = pcm16
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let format = little(16, 4) + little(1, 2) + little(1, 2) + little(sampleRate, 4) + little(2 * sampleRate, 4)
        return Array("RIFF".utf8) + little(36 + pcm.count, 4) + Array("WAVEfmt ".utf8) + format + little(2, 2)
            + little(16, 2) + Array("data".utf8) + little(pcm.count, 4) + pcm
    }
}
