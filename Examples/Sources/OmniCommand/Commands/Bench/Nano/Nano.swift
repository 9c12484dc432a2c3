import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniSNAC

struct BenchNano: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nano",
        abstract: "Measure how well the bundled model understands and answers.",
        discussion: """
            Asks everything in a folder of held-out recordings, made by the training code (Examples/Training, "python \
            -m nano.make_held_out"), and prints a table: answers right, word error rates, time to the first audio. \
            With --answers the spoken answers are written as well, for "python -m nano.recognise"; what that script \
            understood comes into the table with --recognised. With --json: an array of {"name", "unit", "hits", \
            "count"}.
            """)

    @OptionGroup var model: ModelOption

    @Option(
        help: ArgumentHelp(
            "The folder with the sets: voices, noise, phrasings, unknown, natural and others.", valueName: "dir"))
    var heldOut: String

    @Option(help: ArgumentHelp("Take only so many questions of each set.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("Write the spoken answers to this folder.", valueName: "dir"))
    var answers: String?

    @Option(help: ArgumentHelp("What a recogniser understood of them, JSON.", valueName: "file"))
    var recognised: String?

    @OptionGroup var engine: EngineOption

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        try NumberCheck.require("--count", count, in: NumberCheck.counts)
    }

    func run() async throws {
        let folder = URL(argument: heldOut)
        let sets = try HeldOutSet.Name.allCases.map { try HeldOutSet($0, in: folder, count: count) }
        let heard = try recognised.map {
            try InputFile.json($0, as: RecognisedWords.self, expecting: "what nano.recognise writes")
        }
        let omni = try await model.load(engine: engine, noise: .seeded(1))
        var examination = Examination(session: omni.makeSession(), answers: try answers.map(ReplyFolder.init))
        for set in sets { try await examination.take(set) }
        try examination.answers?.finish()
        var scores = examination.scores
        if let heard { scores.append(heard.score) }
        if json {
            try StandardOutput.write(json: scores)
        } else {
            try StandardOutput.write(ExaminationTable.text(scores, timings: examination.timings))
            if heard == nil { Console.note("how well the spoken answers are understood: --answers, then --recognised") }
        }
    }
}
