import Dispatch
import Foundation
import Synchronization

/// Runs tasks one after the other on a thread of its own, so that computing never occupies the threads that all
/// other tasks share.
///
/// The thread comes with the first job and goes after some idle seconds: a session that nobody asks costs none.
final class InferenceExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var thread: Thread?
    }

    private let name: String
    private let idleSeconds: Double
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)

    init(name: String, idleSeconds: Double = 5) {
        self.name = name
        self.idleSeconds = idleSeconds
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let newThread = state.withLock { state -> Thread? in
            state.jobs.append(job)
            guard state.thread == nil else { return nil }
            let thread = Thread {
                // On Linux a name only sticks to a thread that runs.
                Thread.current.name = self.name
                self.run()
            }
            thread.qualityOfService = .userInitiated
            // As much as a main thread has; the default of other threads differs between platforms.
            thread.stackSize = 8 << 20
            state.thread = thread
            return thread
        }
        available.signal()
        newThread?.start()
    }

    /// Whether the caller runs on this executor's thread.
    var isCurrent: Bool { state.withLock { $0.thread === Thread.current } }

    private func run() {
        while true {
            // A count may be left over from a job that a timed-out wait had found; then the thread goes early.
            _ = available.wait(timeout: .now() + idleSeconds)
            let job: UnownedJob? = state.withLock { state in
                guard !state.jobs.isEmpty else {
                    state.thread = nil
                    return nil
                }
                return state.jobs.removeFirst()
            }
            guard let job else { return }
            // The job was enqueued here and is run once; this thread holds on to the executor meanwhile.
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
