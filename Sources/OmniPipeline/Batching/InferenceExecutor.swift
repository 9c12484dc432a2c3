import COmniSystem
import Dispatch
import Synchronization

/// Runs tasks one after the other on a thread of its own, so that computing never occupies the threads that all
/// other tasks share.
///
/// The thread comes with the first job or ``Hold`` and goes after some idle seconds without any: an idle session
/// has none.
final class InferenceExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var hasThread = false
        /// Set by the thread itself.
        var thread: Int?
        var holdCount = 0
    }

    private let name: String
    private let idleSeconds: Double
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(name: String, idleSeconds: Double = 5) {
        self.name = name
        self.idleSeconds = idleSeconds
    }

    /// Keeps the thread, for as long as there is one of these.
    final class Hold: Sendable {
        private let executor: InferenceExecutor

        fileprivate init(_ executor: InferenceExecutor) { self.executor = executor }

        deinit {
            executor.state.withLock { $0.holdCount -= 1 }
            // A thread that is not to idle goes now.
            if executor.idleSeconds == 0 { executor.available.signal() }
        }
    }

    /// Makes sure that there is a thread, before anything is begun that needs it.
    ///
    /// - Throws: ``DedicatedThreadError`` when the system starts none.
    func hold() throws(DedicatedThreadError) -> Hold {
        let starts = state.withLock { state in
            state.holdCount += 1
            defer { state.hasThread = true }
            return !state.hasThread
        }
        let hold = Hold(self)
        if starts {
            do { try start() } catch {
                // A job that came meanwhile counts on the thread.
                let isWanted = state.withLock { state in
                    state.hasThread = !state.jobs.isEmpty
                    return state.hasThread
                }
                if isWanted { borrowThread() }
                throw error
            }
        }
        return hold
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let starts = state.withLock { state in
            state.jobs.append(job)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        available.signal()
        guard starts else { return }
        // A job cannot fail to be run. What may take threads holds this executor first, so that this is a rare case.
        do { try start() } catch { borrowThread() }
    }

    /// Whether the caller runs on this executor's thread.
    var isCurrent: Bool { state.withLock { $0.thread == omni_thread_current() } }

    private func start() throws(DedicatedThreadError) {
        try DedicatedThread.start(name: name) { [self] in run() }
    }

    /// Makes do with a thread that others share.
    private func borrowThread() { DispatchQueue.global().async { self.run() } }

    private func run() {
        state.withLock { $0.thread = omni_thread_current() }
        while true {
            // A count may be left over from a job that a timed-out wait had found; then the thread goes early.
            let isHeld = state.withLock { $0.holdCount > 0 }
            _ = available.wait(timeout: .now() + (isHeld ? max(idleSeconds, 1) : idleSeconds))
            let next: UnownedJob?? = state.withLock { state in
                if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
                if state.holdCount > 0 { return .some(nil) }
                (state.thread, state.hasThread) = (nil, false)
                return nil
            }
            guard let job = next else { return }
            // The job was enqueued here and is run once; this thread holds on to the executor meanwhile.
            if let job { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
