/// Lets several sessions of one pipeline share the machine, each as if it had it alone, as long as it is fast enough
/// for all.
///
/// All replies are computed on one thread, in steps of many rows: the reply whose audio runs out first comes first, and
/// questions are encoded and prefilled in chunks between the steps, so that no listener's audio stutters because
/// another session begins to ask; replies without audio take the time that listeners leave. What the machine could not
/// keep up with is refused beforehand, with a ``SchedulerError``, as the failure of the reply's events.
///
/// A session of ``OmniPipeline/makeSession()`` has a scheduler of its own.
public final class OmniScheduler: Sendable {
    private let makeMaker: @Sendable () -> any ReplyMaker
    private let currentLoad: @Sendable () -> SchedulerLoad
    private let currentCapacity: @Sendable () -> CapacityEstimate
    private let executor: InferenceExecutor

    init<Model>(_ scheduler: BatchScheduler<Model>, makeMaker: @escaping @Sendable () -> any ReplyMaker) {
        self.makeMaker = makeMaker
        currentLoad = { scheduler.load }
        currentCapacity = { scheduler.capacity }
        executor = scheduler.executor
    }

    /// A new session that shares the machine with the others of this scheduler.
    public func makeSession() -> OmniSession { OmniSession(makeMaker(), executor: executor) }

    /// How busy it is.
    public var load: SchedulerLoad { currentLoad() }

    /// What replies have cost so far, for the next scheduler of the same model on the same machine.
    public var capacity: CapacityEstimate { currentCapacity() }
}

/// How many replies share a scheduler.
public struct SchedulerOptions: Sendable, Hashable {
    /// Replies at once; a question beyond is refused. `nil`: as many as the load allows.
    ///
    /// A reply counts from its question until its last event is made, or until it is dropped: also while its question
    /// is prefilled, while it waits for its consumer, while it is prepared ahead of the end of a turn and while speech
    /// over it holds it. It keeps its KV cache then, and has to go on at once. ``TurnSettings`` bound how long the last
    /// two take; ``ConversationOptions/mayPrepare`` can keep room for others.
    public var maximumReplyCount: Int?
    /// Replies in one step. What is beyond takes turns; the reply whose audio runs out first goes first.
    public var maximumStepWidth = 32
    /// The part of the time that may be spent on keeping listeners supplied: a question that would raise it beyond is
    /// refused, rather than that a listener's audio runs out. The rest is for prefilling questions and for replies
    /// without audio. `nil` refuses none. One reply is always made, however slow the machine.
    public var maximumLoad: Double? = 0.8
    /// The longest that a question may wait for those that came before it, one without audio for the whole of those,
    /// too; beyond, it is refused. `nil` lets all wait.
    public var maximumBacklog: Duration? = .seconds(4)

    /// The defaults.
    public init() {}

    /// Every question is answered, however long it takes.
    public static var unlimited: SchedulerOptions {
        var options = SchedulerOptions()
        options.maximumLoad = nil
        options.maximumBacklog = nil
        return options
    }
}

/// Why a scheduler refuses a question.
public enum SchedulerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There are as many replies as the machine can keep up with. Try again after a while, that of the next likely end.
    case full(replyCount: Int, retryAfter: Duration)

    public var description: String {
        switch self {
        case .full(let count, let retryAfter):
            "\(count) replies are as many as this machine keeps up with; "
                + "try again in \(retryAfter.inSeconds.rounded(.up)) s"
        }
    }
}

/// How busy a scheduler is.
public struct SchedulerLoad: Sendable, Hashable {
    /// Questions that are being encoded and prefilled.
    public var prefillingCount = 0
    /// Replies with audio that are being made.
    public var speakingCount = 0
    /// Replies without audio that are being made.
    public var writingCount = 0
    /// Steps taken so far, of however many replies at once.
    public var stepCount = 0
    /// Steps taken so far, each counted once for each reply in it.
    public var replyStepCount = 0
    /// Questions refused so far.
    public var refusedCount = 0
    /// The part of the time that the present replies need to keep their listeners supplied; `nil` before it is known.
    /// Those without audio have no listeners.
    public var load: Double?
    /// The same with one more reply.
    public var loadWithOneMore: Double?

    /// Nothing to do, and nothing known.
    public init() {}

    /// Questions and replies.
    public var replyCount: Int { prefillingCount + speakingCount + writingCount }
}
