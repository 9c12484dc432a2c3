import OmniCore
import Synchronization

/// Audio without end, as fast as it is taken. Does not look whether its task was cancelled.
struct Endless: AsyncSequence, Sendable {
    typealias Element = AudioChunk
    let make: @Sendable (Int) async -> AudioChunk

    init(_ make: @escaping @Sendable (Int) async -> AudioChunk) { self.make = make }

    struct AsyncIterator: AsyncIteratorProtocol {
        let make: @Sendable (Int) async -> AudioChunk
        var index = 0

        mutating func next() async -> AudioChunk? {
            defer { index += 1 }
            return await make(index)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(make: make) }
}

final class StepCounter: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func count() { state.withLock { $0 += 1 } }

    /// Whether nothing is counted any more, sooner or later.
    func settles() async throws -> Bool {
        for _ in 0..<500 {
            let before = value
            try await Task.sleep(for: .milliseconds(50))
            if before == value { return true }
        }
        return false
    }
}
