import CommandSupport
import Foundation
import OmniPipeline

/// A conversation on paper, a JSON object a line: first how it was led, then what it takes to replay it and what
/// happened.
struct ConversationTrace {
    /// How a conversation was led.
    struct Settings: Codable, Equatable {
        var version = 1
        /// The recording, beside the trace: left what was heard, right the reply.
        var recording: String
        var mode: ReplyMode
        var seed: UInt64
        var topK: Int
        var temperature: Float
        var topP: Float
        var maxSteps: Int?
        var silenceMilliseconds: Int
        var candidateMilliseconds: Int?
        /// Set where a model judged whether turns were over.
        var eagerness: SemanticTurnEnd.Eagerness?
        var threshold: Float
        var interrupts: Bool
        var removesEcho: Bool
        var transcribes: Bool
        /// Set where a model of its own transcribed, and not the language model.
        var hasTranscriber: Bool?
        /// Set where another model of voice activity than the model's own listened.
        var hasVoiceActivity: Bool?
        /// The noise of the codec: drawn from the seed unless set.
        var noise: NoiseOption.Kind?
    }

    struct Line: Codable {
        var settings: Settings?
        var tick: ReplayTrace.Entry?
        var event: String?
        /// At the end: how much was heard, in samples of the recording, which may go on with a reply.
        var heardSampleCount: Int?
    }

    let settings: Settings
    let replay: ReplayTrace
    let events: [String]
    let heardSampleCount: Int

    init(contentsOf path: String) throws {
        var settings: Settings?
        var entries: [ReplayTrace.Entry] = []
        var events: [String] = []
        var heardSampleCount: Int?
        for (index, line) in TextLines.split(try InputFile.bytes(path)).enumerated() where !line.isEmpty {
            guard let line = try? JSONDecoder().decode(Line.self, from: line) else {
                throw InputError(code: .malformed, path: path, reason: "line \(index + 1) is no line of a trace")
            }
            if let found = line.settings { settings = found }
            if let entry = line.tick { entries.append(entry) }
            if let event = line.event { events.append(event) }
            if let count = line.heardSampleCount { heardSampleCount = count }
        }
        guard let settings, settings.version == 1 else {
            throw InputError(code: .malformed, path: path, reason: "the first line does not say how it was led")
        }
        guard let heardSampleCount else {
            throw InputError(code: .malformed, path: path, reason: "the last line is missing: it was cut short")
        }
        guard heardSampleCount >= 0 else {
            throw InputError(code: .malformed, path: path, reason: "\(heardSampleCount) samples were heard")
        }
        self.settings = settings
        self.heardSampleCount = heardSampleCount
        replay = ReplayTrace(entries)
        self.events = events
    }
}

extension ConversationTrace.Settings {
    /// The options of a conversation that is led like this.
    var options: ConversationOptions {
        var options = ConversationOptions()
        options.mode = mode
        options.generation = GenerationOptions(
            topK: topK, temperature: temperature, topP: topP, maximumStepCount: maxSteps, seed: seed)
        options.turns?.silence = .milliseconds(silenceMilliseconds)
        options.turns?.candidateSilence = candidateMilliseconds.map { .milliseconds($0) }
        options.turns?.semantic = eagerness.map { SemanticTurnEnd(eagerness: $0) }
        options.turns?.threshold = threshold
        options.turns?.interruptsReply = interrupts
        options.echo = removesEcho ? EchoSettings() : nil
        options.transcribes = transcribes
        return options
    }
}

extension ConversationEvent {
    /// What happened, without what depends on the machine; `nil` for what is not worth a line.
    var record: String? {
        switch self {
        case .speechStarted(let turn, let place): "\(turn) begins at \(place.inMilliseconds) ms"
        case .speechDropped(let turn, _): "\(turn) was none"
        case .preparing(let turn): "a reply to \(turn) is prepared"
        case .preparationDropped(let turn): "the reply to \(turn) is dropped"
        case .turnEnded(let turn):
            "\(turn.id) ends, \(turn.audio.lowerBound.inMilliseconds) to \(turn.audio.upperBound.inMilliseconds) ms"
        case .transcript: nil
        case .transcribed(let text, let turn): "\(turn): \(text)"
        case .reply(let reply, .started): "\(reply) begins"
        case .reply(let reply, .text(let text)): "\(reply) says \(text)"
        case .reply(let reply, .audio(let chunk)):
            "\(reply) sounds, \(chunk.samples.count) samples, \(String(chunk.samples.checksum, radix: 16))"
        case .reply(let reply, .finished(let metrics)): "\(reply) is \(metrics.ending.rawValue)"
        case .reply: nil
        case .replyPaused(let reply, let heard): "\(reply) pauses, \(heard.inMilliseconds) ms heard"
        case .replyResumed(let reply): "\(reply) goes on"
        case .replyInterrupted(let stop):
            "\(stop.reply) is stopped, \(stop.heard.inMilliseconds) ms heard: \(stop.text)"
        case .replyTruncated(let stop): "\(stop.reply) was heard for \(stop.heard.inMilliseconds) ms: \(stop.text)"
        case .replyHeard(let reply): "\(reply) was heard"
        case .replyFailed(let reply, let error): "\(reply) failed: \(error)"
        case .transcriptionFailed(let turn, let error): "\(turn) is not written down: \(error)"
        case .warning(let warning): warning.description
        case .finished(let metrics): "\(metrics.turnCount) turns, \(metrics.interruptionCount) interruptions"
        default: nil
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var inMilliseconds: Int { Int(min(max(self, .seconds(-1 << 32)), .seconds(1 << 32)) / .milliseconds(1)) }
}

extension [Float] {
    /// Tells chunks apart that differ in a single bit (FNV-1a over the bit patterns).
    var checksum: UInt64 {
        reduce(0xCBF2_9CE4_8422_2325) { hash, sample in (hash ^ UInt64(sample.bitPattern)) &* 0x100_0000_01B3 }
    }
}
