import AudioFiles
import OmniCore
import OmniPipeline

/// Recordings that come with requests, in memory: WAV, and through libsndfile where it is installed FLAC, Ogg, MP3,
/// AIFF, W64, CAF and AU.
enum UploadedAudio {
    /// More audio than any route takes, in samples of one channel: eleven minutes at 48 kHz. A small file can hold
    /// hours.
    private static let maximumSampleCount = 1 << 25

    /// - Throws: ``APIError`` that says what is wrong with the file, that it has no speech, or what the server's
    ///   machine lacks.
    static func decode(_ bytes: [UInt8], parameter: String) throws(APIError) -> AudioChunk {
        var limits = AudioFileLimits()
        limits.maximumSampleCount = maximumSampleCount
        do {
            let audio = try AudioFile.decode(bytes, name: "the file", limits: limits).audio
            try audio.requireSpeech()
            return audio
        } catch let error as AudioFileError {
            throw APIError(error, parameter: parameter)
        } catch {
            throw APIError(error, parameter: parameter)
        }
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
