import ArgumentParser
import Foundation
import OmniCore
import OmniSNAC

struct CodecEncode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn sound into codes.",
        discussion: """
            Prints {"codes": one array for each codebook, coarsest first}, or writes it to a file. The sound is brought \
            to one channel at the codec's rate.
            """)

    @Argument(help: "A WAV file, or - for standard input.")
    var audio: String

    @OptionGroup var model: CodecOption
    @OptionGroup var engine: EngineOption

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the codes.", valueName: "file"))
    var output = "-"

    @Flag(help: "Write JSON; codes have no other form.")
    var json = false

    func run() throws {
        let codec = try model.load(engine: engine.make())
        let sound = try AudioInput.read(audio, sampleRate: codec.outputSampleRate)
        try OutputFile.write(json: CodeLists(codes: codec.encode(sound)), to: output)
    }
}
