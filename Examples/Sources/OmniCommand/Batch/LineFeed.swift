import Foundation
import Synchronization

/// Reads lines on a thread of its own, each when it is asked for: a pipe whose other end is silent for long keeps that
/// thread waiting, and no task.
final class LineFeed: Sendable {
    private struct State {
        var waiting: AsyncThrowingStream<Data, any Error>.Continuation?
        var isClosed = false
    }

    private let lines: Mutex<LineReader>
    private let thread = DispatchQueue(label: "omni.lines")
    private let state = Mutex(State())

    init(_ lines: sending LineReader) { self.lines = Mutex(lines) }

    /// The next line. One caller at a time.
    ///
    /// - Returns: `nil` after the last, after ``close()``, and when the task is cancelled.
    func next() async throws -> Data? {
        let (stream, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
        let isClosed = state.withLock { state in
            state.waiting = continuation
            return state.isClosed
        }
        guard !isClosed else { return nil }
        thread.async { [self] in
            do {
                if let line = try lines.withLock({ try $0.next() }) { continuation.yield(line) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        for try await line in stream { return line }
        return nil
    }

    /// Nothing more is wanted: a task that waits for a line gets none.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.waiting
        }
        waiting?.finish()
    }
}
