import AudioFiles
public import OmniCore
import OmniPipeline

/// Sound named on the command line; `-` is standard input. What it is, its first bytes tell.
public enum AudioInput {
    /// All sound of a file as one channel at the file's own rate.
    public static func read(_ path: String) throws -> AudioChunk {
        let decoded = try AudioFile.read(path)
        if let missing = decoded.missingFrameCount {
            let count = decoded.audio.samples.count
            Console.note("\(path): only \(count) of \(count + missing) samples are there")
        }
        return decoded.audio
    }

    /// All sound of a file as one channel at `sampleRate`.
    public static func read(_ path: String, sampleRate: Int) throws -> AudioChunk {
        try read(path).resampled(to: sampleRate)
    }
}
