import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
import OmniVAD
import OmniWhisper

struct BenchTurns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turns",
        abstract: "Measure how well turns are found, and how soon they are answered.",
        discussion: """
            Composes recordings of the spoken questions: pauses inside and between them, noise, tones, "uh-huh" and \
            questions over the answer; and counts the turns that are found, cut in two, run together, and made of \
            nothing, and says how long after the last sample of speech they were known to be over. With --latency it \
            converses at real pace instead, with and without answers prepared ahead, and \
            says how long it takes from the last sample of speech to the first audio of the answer, and from the first \
            sample of speech over an answer until it falls silent; --pauses puts a pause of 0.2 to 1.2 s into each \
            question. With --soak it converses for so many simulated minutes and says what becomes of the memory.
            """)

    @Option(
        help: ArgumentHelp(
            "A directory or a downloaded model; without it OMNI_MODEL or the bundled one.", valueName: "dir|id"))
    var model = ModelLocation.environmentModel ?? BundledModel.path

    @Option(help: ArgumentHelp("A Silero file; without it the model's own, or the bundled one.", valueName: "file"))
    var vad: String?

    @Option(
        help: ArgumentHelp(
            "A Smart Turn file: turns are also found with its judgement, in a second table.", valueName: "onnx"))
    var turnModel: String?

    @Option(help: ArgumentHelp("The folder of spoken questions.", valueName: "dir"))
    var questions = BundledModel.questions

    @Flag(help: "Measure how soon turns are answered.")
    var latency = false

    @Option(help: ArgumentHelp("Turns to measure with --latency.", valueName: "n"))
    var turns = 20

    @Option(help: ArgumentHelp("Stop each reply after so many steps, with --latency.", valueName: "n"))
    var maxSteps: Int?

    @Flag(help: "Put a pause into each question, with --latency.")
    var pauses = false

    @Option(
        help: ArgumentHelp(
            "Silence after which a turn is judged or its reply prepared, in milliseconds.", valueName: "ms"))
    var prepareAfter = 160

    @OptionGroup var context: AudioContextOption

    @Option(help: ArgumentHelp("Converse for so many simulated minutes.", valueName: "minutes"))
    var soak: Int?

    @OptionGroup var engine: EngineOption

    func validate() throws {
        try NumberCheck.require("--turns", turns, in: 1...100_000)
        try NumberCheck.require("--max-steps", maxSteps, in: NumberCheck.counts)
        try NumberCheck.require("--prepare-after", prepareAfter, in: 1...499)
        if latency, soak != nil { throw ValidationError("--latency and --soak are two different things") }
        try NumberCheck.require("--soak", soak, in: 2...100_000)
    }

    func run() async throws {
        let spoken = try SpokenQuestions(folder: questions)
        if latency {
            try await LatencyBench(
                omni: load(), voiceActivity: detector(), turnEnd: loadTurnModel(), questions: spoken,
                turnCount: turns, hasPauses: pauses, prepareAfter: .milliseconds(prepareAfter), maxSteps: maxSteps
            ).run()
        } else if let soak {
            try await SoakBench(omni: load(), voiceActivity: detector(), questions: spoken, minuteCount: soak).run()
        } else {
            let detector = try detector()
            let scenes = SceneKind.allCases.map { $0.compose(spoken) }
            let prepareAfter = Duration.milliseconds(prepareAfter)
            let scores = try scenes.map { try SceneScore(of: $0, heardBy: detector, prepareAfter: prepareAfter) }
            try StandardOutput.write(SceneScore.table(scores))
            guard let turnModel = try loadTurnModel() else { return }
            let judged = try scenes.map {
                try SceneScore(of: $0, heardBy: detector, prepareAfter: prepareAfter, turnEnd: turnModel)
            }
            try StandardOutput.write("\nWith the judgement of a model at each pause:\n\n" + SceneScore.table(judged))
        }
    }

    private func loadTurnModel() throws -> SmartTurn? {
        try turnModel.map { file in
            try SmartTurn.load(from: URL(argument: file), engine: engine.make(), precision: engine.partPrecision)
        }
    }

    private func load() async throws -> MiniOmni {
        Console.progress("Loading \(model)")
        defer { Console.endProgress() }
        let directory = try ModelDirectory(ModelLocation(model).folder)
        var omni = try await MiniOmni.load(directory, engine: engine.make(), precision: engine.plan(for: directory))
        context.apply(to: &omni)
        return omni
    }

    private func detector() throws -> SileroVAD {
        if let vad { return try SileroVAD.load(from: URL(argument: vad), engine: engine.make()) }
        let own = try ModelDirectory(ModelLocation(model).folder).voiceActivity
        guard let file = try own ?? ModelDirectory(URL(filePath: BundledModel.path)).voiceActivity else {
            throw InputError(code: .missing, path: model, reason: "there is no voice activity model; give --vad")
        }
        return try SileroVAD.load(from: file, engine: engine.make())
    }
}
