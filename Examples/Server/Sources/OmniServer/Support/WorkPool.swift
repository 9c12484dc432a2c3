import NIOCore
import NIOPosix
import Synchronization

/// Threads for work that takes long enough to be in others' way: listening, JSON, forms, audio files.
///
/// Work is put into lanes, one for each conversation or client. A lane does one piece at a time, in order; of the lanes
/// that have work the one goes first that has used the least time. So a client that gives the threads much to do waits
/// for those that give little.
final class WorkPool: Sendable {
    /// Listens, and reads what clients of WebSockets send: small pieces.
    static let conversations = WorkPool(threadCount: max(System.coreCount / 2, 1))
    /// Reads the bodies of requests: large pieces. Each thread may decode a recording, which takes memory: on machines
    /// of many cores there are no more than four.
    static let bodies = WorkPool(threadCount: min(max(System.coreCount / 4, 1), 4))

    fileprivate enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Lane {
        var work: [(lane: WorkLane, work: Work)] = []
        /// Nanoseconds.
        var used: Int64
        var isBusy = false
    }

    private struct State {
        var lanes: [Int: Lane] = [:]
        /// Lanes that have work which no thread does.
        var ready: Set<Int> = []
        var laneCount = 0
        /// What the lane that was served last had used.
        var clock: Int64 = 0

        func used(_ lane: Int) -> Int64 { lanes[lane]?.used ?? 0 }
    }

    /// So far behind the others a lane may be that had nothing to do: time that was not used cannot be saved up.
    private static let greatestCredit: Int64 = 50_000_000

    private let threads: NIOThreadPool
    private let state = Mutex(State())

    init(threadCount: Int) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
    }

    func makeLane() -> WorkLane {
        let lane = state.withLock { state in
            state.laneCount += 1
            return WorkLane(self, id: state.laneCount)
        }
        state.withLock { $0.lanes[lane.id] = Lane(used: $0.clock) }
        return lane
    }

    fileprivate func removeLane(_ id: Int) {
        state.withLock { state in _ = (state.lanes.removeValue(forKey: id), state.ready.remove(id)) }
    }

    fileprivate func enqueue(_ work: Work, in lane: WorkLane) {
        state.withLock { state in
            guard var entry = state.lanes.removeValue(forKey: lane.id) else { return }
            if !entry.isBusy {
                if entry.work.isEmpty { entry.used = max(entry.used, state.clock - Self.greatestCredit) }
                state.ready.insert(lane.id)
            }
            entry.work.append((lane, work))
            state.lanes[lane.id] = entry
        }
        threads.submit { _ in self.work() }
    }

    /// Does what there is, until there is nothing that another thread does not do.
    private func work() {
        while let (lane, work) = take() {
            let start = ContinuousClock.now
            switch work {
            case .job(let job): unsafe job.runSynchronously(on: lane.asUnownedSerialExecutor())
            case .closure(let closure): closure()
            }
            let used = Int64((ContinuousClock.now - start) / .nanoseconds(1))
            state.withLock { state in
                state.lanes[lane.id]?.used += used
                state.lanes[lane.id]?.isBusy = false
                if state.lanes[lane.id]?.work.isEmpty == false { state.ready.insert(lane.id) }
            }
        }
    }

    /// Work of the lane that has used the least time.
    private func take() -> (lane: WorkLane, work: Work)? {
        state.withLock { state in
            guard let id = state.ready.min(by: { state.used($0) < state.used($1) }) else { return nil }
            state.ready.remove(id)
            state.clock = max(state.clock, state.used(id))
            state.lanes[id]?.isBusy = true
            return state.lanes[id]?.work.removeFirst()
        }
    }
}

/// Runs tasks in a lane.
private final class LaneTaskExecutor: TaskExecutor {
    private let lane: WorkLane

    init(lane: WorkLane) { self.lane = lane }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps this executor until the job, which is run once, has been run.
        lane.perform { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Work that is done one piece after the other, on the threads of a ``WorkPool``. An actor can live here.
final class WorkLane: SerialExecutor {
    fileprivate let id: Int
    private let pool: WorkPool

    fileprivate init(_ pool: WorkPool, id: Int) {
        self.pool = pool
        self.id = id
    }

    deinit { pool.removeLane(id) }

    func enqueue(_ job: consuming ExecutorJob) { pool.enqueue(.job(UnownedJob(job)), in: self) }

    /// Where tasks that are no actor's run in this lane.
    var taskExecutor: any TaskExecutor { LaneTaskExecutor(lane: self) }

    fileprivate func perform(_ body: @escaping @Sendable () -> Void) { pool.enqueue(.closure(body), in: self) }

    /// Does a piece of work here, and gives back what comes of it. A task that is cancelled before the work was begun
    /// ends at once, and lets go of what the work would have needed.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let work = WaitingWork(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard work.wait(continuation) else { return }
                pool.enqueue(.closure { work.perform() }, in: self)
            }
        } onCancel: {
            work.cancel()
        }
    }
}

/// A piece of work that waits for its turn, and the task that waits for it.
private final class WaitingWork<Result: Sendable>: Sendable {
    private enum State {
        case new(@Sendable () throws -> Result)
        case waiting(@Sendable () throws -> Result, CheckedContinuation<Result, any Error>)
        /// It was begun, or its task was cancelled.
        case over
    }

    private let state: Mutex<State>

    init(_ body: @escaping @Sendable () throws -> Result) { state = Mutex(.new(body)) }

    /// Keeps what the task waits with; resumes it where the task was cancelled already.
    ///
    /// - Returns: whether there is work to do.
    func wait(_ continuation: CheckedContinuation<Result, any Error>) -> Bool {
        let isNew = state.withLock { state in
            guard case .new(let body) = state else { return false }
            state = .waiting(body, continuation)
            return true
        }
        if !isNew { continuation.resume(throwing: CancellationError()) }
        return isNew
    }

    func perform() {
        guard case .waiting(let body, let continuation) = end() else { return }
        continuation.resume(with: Swift.Result { try body() })
    }

    func cancel() {
        if case .waiting(_, let continuation) = end() { continuation.resume(throwing: CancellationError()) }
    }

    private func end() -> State {
        state.withLock { state in
            defer { state = .over }
            return state
        }
    }
}
