import AudioFiles
import HTTPTypes
import OmniCore
import OmniPipeline

/// A recording that came with a request, in memory: WAV, and through libsndfile where it is installed FLAC, Ogg, MP3,
/// AIFF, W64, CAF and AU.
struct UploadedAudio: Hashable {
    let audio: AudioChunk
    /// Whether the file ended, or was damaged, before the end of its audio.
    let isTruncated: Bool

    /// More audio than any route takes, in samples of one channel: eleven minutes at 48 kHz. A small file can hold
    /// hours.
    private static let maximumSampleCount = 1 << 25

    /// - Throws: ``APIError`` that says what is wrong with the file, that it has no speech, or what the server's
    ///   machine lacks.
    init(_ bytes: [UInt8], parameter: String) throws(APIError) {
        var limits = AudioFileLimits()
        limits.maximumSampleCount = Self.maximumSampleCount
        do {
            let decoded = try AudioFile.decode(bytes, name: "the file", limits: limits)
            try decoded.audio.requireSpeech()
            (audio, isTruncated) = (decoded.audio, decoded.isTruncated)
        } catch let error as AudioFileError {
            throw APIError(error, parameter: parameter)
        } catch {
            throw APIError(error, parameter: parameter)
        }
    }

    /// What the client should know of the recording.
    var warnings: [String] {
        isTruncated ? ["the file is cut short or damaged; what is there is used"] : []
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
