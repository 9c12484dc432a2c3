import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniSNAC

struct CodecDecode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn codes into audio.",
        discussion: """
            Takes {"codes": one array for each codebook, coarsest first}, as "omni codec encode --json" prints it, \
            or the array alone. With --json prints {"codes", "audio": {"sampleRate", "sampleCount"}}.
            """)

    @Argument(help: "A JSON file of codes, or - for standard input.")
    var codes: String

    @OptionGroup var model: CodecOption
    @OptionGroup var noise: NoiseOption
    @OptionGroup var engine: EngineOption
    @OptionGroup var output: AudioOutputOptions

    @Option(help: ArgumentHelp("The seed of the noise.", valueName: "s"))
    var seed: UInt64 = 0

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        if json, output.isStandardOutput { throw ValidationError("--json and -o - both want standard output") }
        if !json, output.output == nil { throw ValidationError("without --json and -o nothing would come out") }
    }

    func run() throws {
        try output.requireOther(than: codes, called: "the file of codes")
        let codec = try model.load(engine: engine)
        let lists = try InputFile.json(
            codes, as: CodeLists.self, expecting: #"{"codes": [[…], …]}, as codec encode --json prints it"#)
        let audio = try NamedError.naming(codes) {
            try codec.decode(lists.codes, noise: noise.value(seed: seed))
        }
        if let target = try output.open(sampleRate: audio.sampleRate) {
            try target.write(audio)
            try target.finish()
        }
        if json { try StandardOutput.write(json: Result(lists.codes, audio)) }
    }

    private struct Result: Encodable {
        let codes: [[Int32]]
        let audio: AudioFacts

        init(_ codes: [[Int32]], _ audio: AudioChunk) {
            self.codes = codes
            self.audio = AudioFacts(sampleRate: audio.sampleRate, sampleCount: audio.samples.count)
        }
    }
}
