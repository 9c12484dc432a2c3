import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
import OmniTensor

/// Where audio goes and in what form.
struct AudioOutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the audio to this WAV file; - is standard output.", valueName: "out.wav"))
    var output: String?

    /// Whether the audio goes to standard output, by whatever name.
    var isStandardOutput: Bool {
        output.map { $0 == "-" || OutputFile.descriptor(namedBy: $0) == STDOUT_FILENO } ?? false
    }

    @Flag(help: "Write 32-bit floats instead of 16-bit integers.")
    var float = false

    @Flag(help: "With -o -: raw little-endian samples without a header.")
    var raw = false

    func validate() throws {
        if raw, !isStandardOutput { throw ValidationError("--raw goes with -o - only") }
        if float, output == nil { throw ValidationError("--float goes with -o only") }
    }

    /// Makes sure that the audio will not destroy the input, which is `called` so.
    func requireOther(than input: String, called name: String) throws(OutputError) {
        if let output { try OutputFile.require(output, isNot: input, called: name) }
    }

    /// The output, or `nil` when none was asked for.
    func open(sampleRate: Int) throws -> AudioOutput? {
        guard let output else { return nil }
        if raw { return AudioOutput(raw: float ? .float32 : .int16) }
        return try AudioOutput(wav: output, sampleRate: sampleRate, sampleFormat: float ? .float32 : .int16)
    }
}
