import AudioFiles
public import OmniCore
import OmniPipeline

/// Audio named on the command line; `-` is standard input. What it is, its first bytes tell. Every error names the
/// file.
public enum AudioInput {
    /// All audio of a file as one channel at the file's own rate.
    ///
    /// - Throws: also for a file without a sample: every verb would have nothing to work on.
    public static func read(_ path: String) throws -> AudioChunk {
        let decoded = try NamedError.naming(path) { try AudioFile.read(path) }
        let count = decoded.audio.samples.count
        guard count > 0 else {
            throw InputError(code: .malformed, path: path, reason: "the audio is too short: it has no samples")
        }
        if let index = decoded.audio.samples.firstIndex(where: { !$0.isFinite }) {
            throw InputError(
                code: .malformed, path: path, reason: "sample \(index) of the audio is not a finite number")
        }
        let name = path == "-" ? "standard input" : path
        if let missing = decoded.missingFrameCount {
            Console.note("\(name): only \(count) of \(count + missing) samples are there")
        } else if decoded.isTruncated {
            Console.note("\(name): the file is cut short or damaged: only \(count) samples are there")
        }
        return decoded.audio
    }

    /// All audio of a file as one channel at `sampleRate`, in Hz.
    public static func read(_ path: String, sampleRate: Int) throws -> AudioChunk {
        let audio = try read(path)
        return try NamedError.naming(path) { try audio.resampled(to: sampleRate) }
    }

    /// A recording of speech, at the file's own rate: one in which nothing can have been said is refused.
    public static func readSpeech(_ path: String) throws -> AudioChunk {
        let audio = try read(path)
        try NamedError.naming(path) { try audio.requireSpeech() }
        return audio
    }
}
