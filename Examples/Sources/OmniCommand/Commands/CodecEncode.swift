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
            {"codes": one array for each codebook}, which "omni codec decode" reads; -o - is the same as --json. The \
            audio is brought to one channel at the codec's rate.
            """)

    @Argument(help: "A recording, or - for standard input.")
    var audio: String

    @OptionGroup var model: CodecOption
    @OptionGroup var engine: EngineOption

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the codes to this file, as JSON; - is standard output.", valueName: "file"))
    var output: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let file = output == "-" ? nil : output
        if let file { try OutputFile.require(file, isNot: audio, called: "the recording") }
        let codec = try model.load(engine: engine)
        let recording = try AudioInput.read(audio, sampleRate: codec.outputSampleRate)
        let lists = try CodeLists(codes: codec.encode(recording))
        if let file { try OutputFile.write(json: lists, to: file) }
        if json || output == "-" {
            try StandardOutput.write(json: lists)
        } else if output == nil {
            for codes in lists.codes {
                try StandardOutput.write(codes.map(String.init).joined(separator: " ") + "\n")
            }
        }
    }
}
