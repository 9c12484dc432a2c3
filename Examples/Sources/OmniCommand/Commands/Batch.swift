import ArgumentParser
import Dispatch
import Foundation
import OmniCore
import OmniPipeline
import Synchronization

struct Batch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer many questions: JSON lines in, JSON lines out.",
        discussion: """
            A line of input: {"id": "…", and one of "path": a WAV file, "audio": one in base64, "text": a written question; \
            if wanted "mode", "seed", "maxSteps"}. A line of output, in the order of the input: {"id", "mode", "text", \
            "ending"}, "warnings" if there are any, "tokens" and "audio" (a WAV file in base64) if asked for; or {"id", \
            "error"} for a question that could not be answered.

            Several questions are answered at once, in steps of many rows; which and how many changes no answer. SIGTERM lets \
            those under way come to their end and exits with status 75: run again with --resume. So does a second run \
            after a crash.
            """)

    @Argument(help: "A file of JSON lines, or - for standard input.")
    var input: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "file"))
    var output = "-"

    @Option(help: ArgumentHelp("Questions at once.", valueName: "n"))
    var jobs = 8

    @Option(help: ArgumentHelp("Only every n-th line, from line i on, counted from 0.", valueName: "i/n"))
    var shard: Shard?

    @Flag(help: "Keep what the output has, and answer only what is missing.")
    var resume = false

    @Flag(help: "Write the tokens of all streams.")
    var tokens = false

    @Flag(help: "Write the sound of answers.")
    var audio = false

    @OptionGroup var model: ModelOption
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var noise: NoiseOption
    @OptionGroup var engine: EngineOption

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs must be at least 1") }
        if resume, output == "-" { throw ValidationError("--resume needs the file of -o to go on with") }
    }

    func run() async throws {
        let stop = StopSignal()
        var lines = try LineReader(input)
        let output = try BatchOutput(output, resuming: resume)
        let omni = try await model.load(engine: engine, noise: noise.value(seed: sampling.seed))
        var options = SchedulerOptions.unlimited
        options.maximumStepWidth = jobs
        let scheduler = omni.makeScheduler(options)
        var order = BatchOrder(output)
        var seen: Set<String> = []
        var line = -1
        try await withThrowingTaskGroup(of: (Int, BatchResult).self) { group in
            var openCount = 0
            while !stop.isSet, let bytes = try lines.next() {
                line += 1
                guard shard?.contains(line: line) ?? true else { continue }
                let item = try Self.item(bytes, line: line)
                guard seen.insert(item.id).inserted else {
                    throw InputError(
                        code: .malformed, path: input, reason: "line \(line + 1): the id \(item.id) comes twice")
                }
                guard !output.finishedIDs.contains(item.id) else { continue }
                let index = order.begin()
                group.addTask { (index, await answer(item, scheduler)) }
                openCount += 1
                // Neither more at once than asked for, nor far ahead of the slowest.
                while openCount >= jobs || order.waitingCount >= 4 * jobs, let done = try await group.next() {
                    openCount -= 1
                    try order.finish(done.0, done.1)
                }
            }
            while let done = try await group.next() { try order.finish(done.0, done.1) }
        }
        Console.note("\(order.writtenCount) answers, \(order.failedCount) of them errors")
        if stop.isSet { throw ExitCode(ExitStatus.tryAgain.rawValue) }
    }

    private static func item(_ bytes: Data, line: Int) throws(InputError) -> BatchItem {
        do { return try JSONDecoder().decode(BatchItem.self, from: bytes) } catch {
            throw InputError(
                code: .malformed, path: "line \(line + 1)",
                reason: "this is no JSON object with an \"id\" and a question")
        }
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
                case .speech(let sound): try await session.answer(to: sound, mode: mode, options: options)
                case .text(let text): try await session.answer(to: text, mode: mode, options: options)
                }
            return try BatchResult(id: item.id, reply: reply, includesTokens: tokens, includesAudio: audio)
        } catch {
            return BatchResult(id: item.id, error: error)
        }
    }
}

/// Writes results in the order in which their questions came, whatever order they are finished in.
private struct BatchOrder {
    private let output: BatchOutput
    private var nextIndex = 0
    private var waiting: [Int: BatchResult] = [:]
    private(set) var writtenCount = 0
    private(set) var failedCount = 0

    init(_ output: BatchOutput) { self.output = output }

    /// Results that are finished and wait for one before them.
    var waitingCount: Int { waiting.count }

    mutating func begin() -> Int {
        defer { nextIndex += 1 }
        return nextIndex
    }

    mutating func finish(_ index: Int, _ result: BatchResult) throws {
        waiting[index] = result
        while let next = waiting.removeValue(forKey: writtenCount) {
            try output.write(next)
            writtenCount += 1
            if next.error != nil { failedCount += 1 }
        }
    }
}

/// Whether SIGTERM or SIGINT came.
private struct StopSignal {
    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGTERM, SIGINT].map { sign in
            signal(sign, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: sign, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [flag] in flag.isSet.withLock { $0 = true } }
            source.resume()
        }
    }

    var isSet: Bool { flag.isSet.withLock { $0 } }
}
