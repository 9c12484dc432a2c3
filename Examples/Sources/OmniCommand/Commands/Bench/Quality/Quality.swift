import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
import OmniSNAC
import OmniTensor

struct Quality: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "What every format of the weights costs in quality.",
        discussion: """
            Compares with 32-bit floats on recorded questions. logits: the error of all logits, in proportion to their \
            size, when the answer of the floats is forced on the model. agreement: how often the largest logit is the \
            same. heard: the word error rate of the transcription. answered: answers that are word for word right. \
            codec: its signal-to-noise ratio at that format. Questions are the WAV files of a folder; an index.json \
            there ([{"wav", "question", "answer"}]) says what is right, else what is asked is taken from the file's \
            name and the answers of the floats are taken for right.
            """)

    @Option(
        help: ArgumentHelp(
            "A directory or a downloaded model; without it OMNI_MODEL or the bundled one.", valueName: "dir|id"))
    var model = ModelLocation.environmentModel ?? BundledModel.path

    @Option(help: ArgumentHelp("The folder of questions; without it the bundled ones.", valueName: "dir"))
    var questions = BundledModel.questions

    @Argument(help: "Packed models to measure beside the formats.")
    var packed: [String] = []

    @Flag(help: "Write JSON.")
    var json = false

    private static let plans: KeyValuePairs<String, PrecisionPlan> = [
        "float32": .float32, "bfloat16": .bfloat16, "int8": .int8,
        "int8, encoder bfloat16": PrecisionPlan(encoder: .bfloat16, model: .int8),
        "int4": .int4, "automatic": .automatic,
    ]

    func run() async throws {
        let directory = try ModelDirectory(ModelLocation(model).folder)
        let samples = try QualitySample.all(in: URL(argument: questions))
        let bench = try await QualityBench(directory, samples)
        var rows: [QualityRow] = []
        for (name, plan) in Self.plans {
            Console.progress(name)
            rows.append(try await bench.row(name, directory, plan))
        }
        for path in packed {
            Console.progress(path)
            rows.append(try await bench.row(path.terminalSafeLine, ModelDirectory(URL(argument: path)), nil))
        }
        Console.endProgress()
        if json { try StandardOutput.write(json: rows) } else { try StandardOutput.write(QualityRow.table(rows)) }
    }
}
