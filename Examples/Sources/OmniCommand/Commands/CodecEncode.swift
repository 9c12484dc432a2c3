import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniSNAC
import OmniTensor

struct CodecEncode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn audio into codes.",
        discussion: """
            Prints a line of codes for each codebook, coarsest first. With --json, and in the file that -o names: \
            {"codes": one array for each codebook}, which "omni codec decode" reads. The audio is brought to one \
            channel at the codec's rate.
            """)

    @Argument(help: "A recording, or - for standard input.")
    var audio: String

    @OptionGroup var model: CodecOption
    @OptionGroup var engine: EngineOption

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the codes to this file, as JSON.", valueName: "file"))
    var output: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if output == "-" { throw ValidationError("-o names a file; --json prints") }
    }

    func run() throws {
        let codec = try model.load(engine: engine)
        let recording = try AudioInput.read(audio, sampleRate: codec.outputSampleRate)
        let lists = try CodeLists(codes: codec.encode(recording))
        if let output { try OutputFile.write(json: lists, to: output) }
        if json {
            try StandardOutput.write(json: lists)
        } else if output == nil {
            for codes in lists.codes {
                try StandardOutput.write(codes.map(String.init).joined(separator: " ") + "\n")
            }
        }
    }
}
