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
    private let executor: InferenceExecutor

    init<Model>(_ scheduler: BatchScheduler<Model>, makeMaker: @escaping @Sendable () -> any ReplyMaker) {
        self.makeMaker = makeMaker
        currentLoad = { scheduler.load }
        executor = scheduler.executor
    }

    /// A new session that shares the machine with the others of this scheduler.
    public func makeSession() -> OmniSession { OmniSession(makeMaker(), executor: executor) }

    /// How busy it is.
    public var load: SchedulerLoad { currentLoad() }
}
