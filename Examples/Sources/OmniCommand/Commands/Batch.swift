import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline

struct Batch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer many questions: JSON lines in, JSON lines out.",
        discussion: """
            A line of input: {"id": "…", and one of "path": a recording, "audio": one in base64, "text": a written \
            question; if wanted "mode", "seed", "maxSteps"}. A field that is not what it should be is an error of its \
            line. A line of output, in the order of the input: {"id", "mode", "text", "ending"}, "warnings" if there \
            are any, "tokens" and "audio" (a WAV file in base64) if asked for; or {"id", "error"} for a question that \
            could not be answered.

            Several questions are answered at once, in steps of many rows; which and how many changes no answer. Each \
            answer is written as soon as it and all before it are there, also while a pipe stays open. SIGTERM lets \
            those under way come to their end and exits with status 75: run again with --resume, as after a crash. \
            --resume answers what is missing and tries again what was an error: an answer that succeeds then has a \
            line of its own, further down, and the last line of an "id" counts. Answers that the output has are never \
            lost: without --resume or --overwrite it must be new or empty, it is opened when the model is loaded, and \
            no two runs write to one file. Lines of NULs, as a machine that went down leaves them, are passed over \
            with a warning.
            """)

    @Argument(help: "A file of JSON lines, or - for standard input.")
    var input: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "file"))
    var output = "-"

    @Option(help: ArgumentHelp("Questions at once, at most 1024.", valueName: "n"))
    var jobs = 8

    @Option(help: ArgumentHelp("Only every n-th line, from line i on, counted from 0.", valueName: "i/n"))
    var shard: Shard?

    @Flag(help: "Keep what the output has, answer what is missing, and try errors again.")
    var resume = false

    @Flag(help: "Replace what the output has.")
    var overwrite = false

    @Flag(help: "Write the tokens of all streams.")
    var tokens = false

    @Flag(help: "Write the audio of answers.")
    var audio = false

    @OptionGroup var model: ModelOption
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var noise: NoiseOption
    @OptionGroup var engine: EngineOption

    func validate() throws {
        try NumberCheck.require("--jobs", jobs, in: 1...1024)
        if resume, overwrite { throw ValidationError("--resume keeps what --overwrite replaces") }
        if resume, output == "-" { throw ValidationError("--resume needs the file of -o to go on with") }
    }

    func run() async throws {
        let feed = LineFeed(try LineReader(input))
        let stop = StopSignal { feed.close() }
        let target = try BatchTarget(output, resume ? .resume : overwrite ? .overwrite : .new, questions: input)
        let omni = try await model.load(engine: engine, noise: noise.value(seed: sampling.seed))
        var options = SchedulerOptions.unlimited
        options.maximumStepWidth = jobs
        let scheduler = omni.makeScheduler(options)
        let output = try BatchOutput(target)
        var loop = BatchLoop(
            feed: feed, jobs: jobs,
            questions: BatchQuestions(input, shard: shard, finishedIDs: target.finishedIDs), order: BatchOrder(output))
        defer { Console.note("\(loop.order.writtenCount) answers, \(loop.order.failedCount) of them errors") }
        try await loop.run { item in await answer(item, scheduler) }
        try output.finish()
        if stop.isSet { throw ExitCode(ExitStatus.tryAgain.rawValue) }
    }

    private func answer(_ item: BatchItem, _ scheduler: OmniScheduler) async -> BatchResult {
        do {
            let (question, mode) = try item.question()
            var generation = sampling.value
            generation.seed = item.seed ?? generation.seed
            generation.maximumStepCount = item.maxSteps ?? generation.maximumStepCount
            let (session, options) = (scheduler.makeSession(), ReplyOptions(generation: generation))
            let reply =
                switch question {
                case .speech(let audio): try await session.answer(to: audio, mode: mode, options: options)
                case .text(let text): try await session.answer(to: text, mode: mode, options: options)
                }
            return try BatchResult(id: item.id, reply: reply, includesTokens: tokens, includesAudio: audio)
        } catch {
            return BatchResult(id: item.id, error: error)
        }
    }
}
