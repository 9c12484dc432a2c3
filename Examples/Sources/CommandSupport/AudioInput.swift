import Foundation
public import OmniCore
import OmniPipeline

/// Sound named on the command line; `-` is a WAV file on standard input.
public enum AudioInput {
    /// All sound of a WAV file as one channel at the file's own rate.
    public static func read(_ path: String) throws -> AudioChunk {
        var reader = try open(path)
        return try read(path, &reader)
    }

    /// All sound of a WAV file as one channel at `sampleRate`.
    public static func read(_ path: String, sampleRate: Int) throws -> AudioChunk {
        var reader = try open(path)
        guard reader.format.sampleRate != sampleRate else { return try read(path, &reader) }
        var resampler = try Resampler(from: reader.format.sampleRate, to: sampleRate)
        var sound = AudioChunk([], sampleRate: sampleRate)
        while let piece = try reader.read(frameCount: pieceFrameCount) {
            sound.samples += try resampler.push(piece.samples)
        }
        sound.samples += resampler.finish()
        warnIfTruncated(reader, path)
        return sound
    }

    private static let pieceFrameCount = 65_536

    private static func read(_ path: String, _ reader: inout WAVReader) throws -> AudioChunk {
        var sound = AudioChunk([], sampleRate: reader.format.sampleRate)
        while let piece = try reader.read(frameCount: pieceFrameCount) { sound.samples += piece.samples }
        warnIfTruncated(reader, path)
        return sound
    }

    private static func open(_ path: String) throws -> WAVReader {
        if path == "-" { return try WAVReader(.standardInput) }
        guard FileManager.default.fileExists(atPath: path) else {
            throw InputError(code: .missing, path: path, reason: "there is no such file")
        }
        return try WAVReader(contentsOf: URL(filePath: path))
    }

    private static func warnIfTruncated(_ reader: WAVReader, _ path: String) {
        guard reader.isTruncated, let declared = reader.declaredFrameCount else { return }
        Console.note("\(path): only \(reader.frameCount) of \(declared) samples are there")
    }
}
