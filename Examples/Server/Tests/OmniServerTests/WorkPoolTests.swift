import Synchronization
import Testing

@testable import OmniServer

@Suite(.timeLimit(.minutes(1))) struct WorkPoolTests {
    private actor Counter {
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe lane.asUnownedSerialExecutor() }
        private let lane: WorkLane
        private(set) var count = 0

        init(_ pool: WorkPool) { lane = pool.makeLane() }

        func add() async {
            let before = count
            count = before + 1
            await Task.yield()
        }
    }

    private final class Count: Sendable {
        private let state = Mutex(0)

        func add() { state.withLock { $0 += 1 } }

        var value: Int { state.withLock { $0 } }
    }

    @Test func actorsLiveInLanes() async {
        let pool = WorkPool(threadCount: 2)
        let counters = (0..<10).map { _ in Counter(pool) }
        await withTaskGroup(of: Void.self) { group in
            for counter in counters {
                for _ in 0..<100 { group.addTask { await counter.add() } }
            }
        }
        for counter in counters { #expect(await counter.count == 100) }
    }

    /// One lane with much to do does not keep a lane with little waiting for more than the piece that is under way.
    @Test func littleGoesBeforeMuch() async throws {
        let pool = WorkPool(threadCount: 1)
        let (much, little) = (pool.makeLane(), pool.makeLane())
        let done = Count()
        let flood = (0..<50).map { _ in
            Task {
                try await much.run {
                    let end = ContinuousClock.now + .milliseconds(5)
                    while ContinuousClock.now < end {}
                    done.add()
                }
            }
        }
        while done.value < 5 { await Task.yield() }
        let before = done.value
        #expect(try await little.run { done.value } - before <= 2)
        for task in flood { try await task.value }
    }

    @Test func errorsComeBack() async {
        let lane = WorkPool(threadCount: 1).makeLane()
        await #expect(throws: APIError.notFound) { try await lane.run { throw APIError.notFound } }
    }

    /// Work that was cancelled while it waited is not begun.
    @Test func cancelled() async {
        let lane = WorkPool(threadCount: 1).makeLane()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await lane.run {}
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// Work whose task is cancelled while it waits behind other work ends at once, and is not done later.
    @Test func cancelledInTheQueue() async throws {
        let pool = WorkPool(threadCount: 1)
        let (isBegun, mayEnd, isRun) = (Count(), Count(), Count())
        let busy = Task {
            try await pool.makeLane().run {
                isBegun.add()
                while mayEnd.value == 0 {}
            }
        }
        while isBegun.value == 0 { await Task.yield() }
        let lane = pool.makeLane()
        let waiting = Task { try await lane.run { isRun.add() } }
        for _ in 0..<100 { await Task.yield() }
        waiting.cancel()
        // The thread is busy until this has thrown.
        await #expect(throws: CancellationError.self) { try await waiting.value }
        mayEnd.add()
        try await busy.value
        try await lane.run {}
        #expect(isRun.value == 0)
    }
}
