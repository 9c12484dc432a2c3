import AudioFiles
import HTTPTypes
import OmniCore
import OmniPipeline

/// A recording that came with a request, in memory: WAV, and through libsndfile where it is installed FLAC, Ogg, MP3,
/// AIFF, W64, CAF and AU.
struct UploadedAudio: Sendable {
    /// What is kept of a recording. What it was decoded to is let go at once: a small file can hold hours, at a rate
    /// that no model hears.
    struct Target {
        /// The rate of the model that hears the recording, in Hz.
        var sampleRate = 16_000
        /// A longer recording is refused; `nil` to take its beginning.
        var maximumDuration: Duration?
        /// Samples at the model's rate that are kept.
        var maximumSampleCount = Int.max
        /// Counts what is kept.
        var room = UploadRoom()
    }

    /// What is kept, at the rate of the model.
    let audio: AudioChunk
    /// How long the whole recording is.
    let duration: Duration
    /// Whether the file ended, or was damaged, before the end of its audio.
    let isTruncated: Bool
    /// The room that the audio takes, for as long as the recording is held.
    private let permit: UploadRoom.Permit

    /// More audio than any route takes, in samples of one channel: eleven minutes at 48 kHz.
    static let maximumSampleCount = 1 << 25
    /// Samples that are resampled at a time.
    private static let pieceSampleCount = 1 << 16

    /// - Throws: ``APIError`` that says what is wrong with the file, that it has no speech, or what the server's
    ///   machine lacks.
    init(_ bytes: [UInt8], parameter: String, for target: Target) throws(APIError) {
        var limits = AudioFileLimits()
        limits.maximumSampleCount = Self.maximumSampleCount
        do {
            if let head = FLACHead(bytes) {
                try Self.requireShort(head.duration, target, parameter)
                guard head.sampleCount <= limits.maximumSampleCount else {
                    throw AudioFileError.tooLong(
                        file: Self.name, maximumSampleCount: limits.maximumSampleCount)
                }
            }
            let decoded = try AudioFile.decode(bytes, name: Self.name, limits: limits)
            try Self.requireShort(decoded.audio.duration, target, parameter)
            try decoded.audio.requireSpeech()
            (duration, isTruncated) = (decoded.audio.duration, decoded.isTruncated)
            audio = try Self.audible(decoded.audio, to: target)
            permit = try target.room.enter(sampleCount: audio.samples.count)
        } catch let error as AudioFileError {
            throw APIError(error, parameter: parameter)
        } catch {
            throw APIError(error, parameter: parameter)
        }
    }

    /// What the file is called in messages.
    private static let name = "the file"

    private static func requireShort(_ duration: Duration, _ target: Target, _ parameter: String) throws(APIError) {
        guard let maximum = target.maximumDuration, duration > maximum else { return }
        throw .invalid(
            "the recording is longer than \(Int(maximum.inSeconds)) s", code: "audio_too_long", parameter: parameter)
    }

    /// As much of the audio as is kept, at the rate of the model. In pieces: the resampler copies what it is given.
    private static func audible(_ audio: AudioChunk, to target: Target) throws(AudioInputError) -> AudioChunk {
        var resampler = try Resampler(from: audio.sampleRate, to: target.sampleRate)
        var (samples, place): ([Float], Int) = ([], 0)
        while place < audio.samples.count, samples.count < target.maximumSampleCount {
            let end = min(place + pieceSampleCount, audio.samples.count)
            samples += try resampler.push(Array(audio.samples[place..<end]))
            place = end
        }
        samples += resampler.finish()
        if samples.count > target.maximumSampleCount { samples = Array(samples.prefix(target.maximumSampleCount)) }
        return AudioChunk(samples, sampleRate: target.sampleRate)
    }

    /// What the client should know of the recording.
    var warnings: [String] {
        var warnings = isTruncated ? ["the file is cut short or damaged; what is there is used"] : []
        if duration > audio.duration {
            warnings.append(ReplyWarning.questionCut(heard: audio.duration, of: duration).description)
        }
        return warnings
    }
}

extension HTTPFields {
    /// Says in a field of its own what was not as the client may think.
    mutating func warn(_ warnings: [String]) {
        guard !warnings.isEmpty, let name = HTTPField.Name("Omni-Warning") else { return }
        self[name] = warnings.joined(separator: "; ")
    }
}

extension APIError {
    init(_ error: AudioFileError, parameter: String) {
        switch error {
        case .tooLong, .tooLarge:
            self = .invalid(error.description, code: "audio_too_long", parameter: parameter)
        case .libraryMissing(_, let format):
            self = .invalid(
                "this server reads WAV files; for \(format) libsndfile must be installed on it",
                code: "unsupported_format", parameter: parameter)
        case .unsupportedFormat, .unknownFormat:
            self = .invalid(error.description, code: "unsupported_format", parameter: parameter)
        default: self = .invalid(error.description, code: "invalid_audio", parameter: parameter)
        }
    }
}
