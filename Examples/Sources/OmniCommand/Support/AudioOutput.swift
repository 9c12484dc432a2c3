import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniTensor

/// Where a command's audio goes, piece by piece: a file, which appears under its name when it is complete, or standard
/// output. A file that is not finished goes with this object.
final class AudioOutput {
    private enum Target {
        case wav(WAVWriter)
        case raw(RawFormat)
    }

    /// The form of raw samples, little-endian.
    enum RawFormat { case int16, float32 }

    private var target: Target?

    /// A WAV file; `-` is standard output.
    init(wav path: String, sampleRate: Int, sampleFormat: WAVFormat.SampleFormat) throws {
        let format = WAVFormat(sampleRate: sampleRate, sampleFormat: sampleFormat)
        target = .wav(
            path == "-"
                ? try WAVWriter(.standardOutput, format: format)
                : try WAVWriter(to: OutputFile(path), format: format))
    }

    /// Raw samples on standard output.
    init(raw format: RawFormat) { target = .raw(format) }

    func write(_ audio: AudioChunk) throws {
        switch target {
        case nil: break
        case .wav(var writer):
            try writer.write(audio)
            target = .wav(writer)
        case .raw(.int16): try StandardOutput.write(Data(audio.pcm16))
        case .raw(.float32):
            try StandardOutput.write(
                audio.samples.reduce(into: Data()) { bytes, sample in
                    let bits = sample.bitPattern
                    for shift in stride(from: 0, to: 32, by: 8) {
                        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
                    }
                })
        }
    }

    /// Completes the file and gives it its name.
    func finish() throws {
        guard case .wav(var writer)? = target else { return }
        try writer.finish()
    }

    /// Takes an unfinished file away.
    func discard() { target = nil }
}
