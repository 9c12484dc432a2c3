import Metrics
import OmniCore
import OmniPipeline
import Synchronization

/// Where all of a server's questions are answered: one scheduler, and what became of the replies.
final class ReplyService: Sendable {
    let omni: MiniOmni
    let scheduler: OmniScheduler
    let modelName: String
    private let gatekeeper: Gatekeeper
    private let options: SchedulerOptions
    private let capacityCache: CapacityCache?

    enum Question: Sendable {
        case text(String)
        case speech(AudioChunk)
    }

    /// A live listener needs this much ahead, and no more.
    static let bufferedAudio = Duration.seconds(2)

    /// - Parameter capacityCache: keeps the machine's measured speed between starts; `nil` to measure at each.
    init(
        _ omni: MiniOmni, _ configuration: ServerConfiguration, _ gatekeeper: Gatekeeper,
        capacityCache: CapacityCache? = nil
    ) {
        self.gatekeeper = gatekeeper
        self.capacityCache = capacityCache
        self.omni = omni
        modelName = configuration.modelName
        var options = SchedulerOptions()
        options.maximumReplyCount = configuration.maximumConversations
        options.maximumLoad = configuration.maximumLoad
        options.maximumBacklog = configuration.maximumWait
        self.options = options
        scheduler = omni.makeScheduler(options, capacity: capacityCache?.load() ?? CapacityEstimate())
    }

    /// Whether the machine's speed is known: from an earlier start, or because replies were made.
    var isMeasured: Bool { scheduler.capacity.isKnown }

    /// Answers every kind of question once, so that the machine's speed is known before a client must be refused. These
    /// replies count as others do, so no client may be let in before.
    func warmUp() async throws {
        let silence = AudioChunk(Array(repeating: 0, count: 16_000), sampleRate: 16_000)
        var options = ReplyOptions()
        options.generation.maximumStepCount = 30
        _ = try await scheduler.makeSession().answer(to: silence, options: options)
        _ = try await scheduler.makeSession().answer(to: silence, mode: .transcription, options: options)
    }

    /// Keeps the machine's measured speed for the next start.
    ///
    /// - Throws: an error of the file system.
    func saveCapacity() throws {
        if isMeasured { try capacityCache?.save(scheduler.capacity) }
    }

    /// Whether the server is about to stop, and begins no replies.
    var isDraining: Bool { gatekeeper.isDraining }

    /// Whether a reply can be made that may not be wanted, without that a client is refused or kept waiting for it.
    var hasRoomToPrepare: Bool {
        guard !isDraining else { return false }
        let load = scheduler.load
        if let maximum = options.maximumReplyCount, load.replyCount + 1 >= maximum { return false }
        guard load.replyCount > 0, let maximum = options.maximumLoad else { return true }
        return load.loadWithOneMore.map { $0 <= maximum / 2 } ?? false
    }

    /// The events of a reply, once it is certain that it will be made.
    ///
    /// - Throws: what the question fails with before its first step; `SchedulerError` among that, and
    ///   ``APIError/draining`` when the server is about to stop.
    func begin(
        _ question: Question, mode: ReplyMode, options: ReplyOptions
    ) async throws -> RunningReply {
        guard !gatekeeper.isDraining else { throw APIError.draining }
        let (trace, unfinished) = (ReplyTrace(), UnfinishedReply(mode))
        let session = scheduler.makeSession()
        let events =
            switch question {
            case .speech(let audio): session.respond(to: audio, mode: mode, options: options)
            case .text(let text): session.respond(to: text, mode: mode, options: options)
            }
        var warnings: [ReplyWarning] = []
        do {
            for try await event in events {
                switch event {
                case .warning(let warning): warnings.append(warning)
                case .started:
                    return RunningReply(
                        events: MeasuredEvents(events, trace, unfinished), warnings: warnings, session: session)
                default: break
                }
            }
        } catch {
            unfinished.end(error)
            throw error
        }
        // The events end without a start only when the client has gone.
        throw CancellationError()
    }

    /// The whole text of a reply.
    func text(of question: Question, mode: ReplyMode, options: ReplyOptions = ReplyOptions())
        async throws
        -> Reply
    {
        let answer = try await begin(question, mode: mode, options: options)
        return try await Reply(collecting: answer.events)
    }
}

/// A reply under way.
struct RunningReply: Sendable {
    /// Everything that comes after the start.
    let events: MeasuredEvents
    let warnings: [ReplyWarning]
    /// Lives as long as its reply.
    let session: OmniSession
}

/// The events of a reply; what it took is counted and traced as they pass.
struct MeasuredEvents: AsyncSequence, Sendable {
    private let events: AsyncThrowingStream<OmniEvent, any Error>
    private let trace: ReplyTrace
    private let unfinished: UnfinishedReply

    init(
        _ events: AsyncThrowingStream<OmniEvent, any Error>, _ trace: ReplyTrace, _ unfinished: UnfinishedReply
    ) {
        self.events = events
        self.trace = trace
        self.unfinished = unfinished
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: AsyncThrowingStream<OmniEvent, any Error>.AsyncIterator
        let trace: ReplyTrace
        let unfinished: UnfinishedReply

        mutating func next() async throws -> OmniEvent? {
            do {
                let event = try await base.next(isolation: #isolation)
                if case .finished(let metrics)? = event {
                    unfinished.end()
                    ReplyStatistics.record(metrics)
                    trace.record(metrics)
                }
                return event
            } catch {
                unfinished.end(error)
                throw error
            }
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(base: events.makeAsyncIterator(), trace: trace, unfinished: unfinished)
    }
}
