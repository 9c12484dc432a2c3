import CommandSupport
import Foundation
import OmniCore
import OmniPipeline

/// Where a command's sound goes, piece by piece: a file, which appears under its name when it is complete, or standard
/// output.
struct AudioOutput {
    private enum Target {
        case file(WAVWriter, incomplete: URL, final: URL)
        case stream(WAVWriter)
        case rawStream(RawFormat)
    }

    /// The form of raw samples, little-endian.
    enum RawFormat { case int16, float32 }

    private var target: Target

    /// A WAV file; `-` is standard output.
    init(wav path: String, sampleRate: Int, sampleFormat: WAVFormat.SampleFormat) throws {
        let format = WAVFormat(sampleRate: sampleRate, sampleFormat: sampleFormat)
        if path == "-" {
            target = .stream(try WAVWriter(.standardOutput, format: format))
        } else {
            let final = URL(filePath: path)
            let incomplete = final.deletingLastPathComponent().appending(path: ".\(final.lastPathComponent).incomplete")
            target = .file(try WAVWriter(to: incomplete, format: format), incomplete: incomplete, final: final)
        }
    }

    /// Raw samples on standard output.
    init(raw format: RawFormat) { target = .rawStream(format) }

    mutating func write(_ sound: AudioChunk) throws {
        switch target {
        case .file(var writer, let incomplete, let final):
            try writer.write(sound)
            target = .file(writer, incomplete: incomplete, final: final)
        case .stream(var writer):
            try writer.write(sound)
            target = .stream(writer)
        case .rawStream(.int16): try StandardOutput.write(Data(sound.pcm16))
        case .rawStream(.float32):
            try StandardOutput.write(
                sound.samples.reduce(into: Data()) { bytes, sample in
                    let bits = sample.bitPattern
                    for shift in stride(from: 0, to: 32, by: 8) {
                        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
                    }
                })
        }
    }

    /// Completes the file and gives it its name.
    mutating func finish() throws {
        switch target {
        case .file(var writer, let incomplete, let final):
            try writer.finish()
            // Replaces a file of that name in one step. The two strings live as long as the call.
            guard unsafe rename(incomplete.path, final.path) == 0 else {
                let reason = POSIXErrorCode(rawValue: errno).map { POSIXError($0).localizedDescription }
                throw OutputError(path: final.path, reason: reason ?? "the file cannot be given its name")
            }
        case .stream(var writer): try writer.finish()
        case .rawStream: break
        }
    }

    /// Takes an unfinished file away.
    func discard() {
        guard case .file(_, let incomplete, _) = target else { return }
        try? FileManager.default.removeItem(at: incomplete)
    }
}
