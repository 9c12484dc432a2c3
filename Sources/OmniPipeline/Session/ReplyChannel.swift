import OmniCore
import Synchronization

/// The shell around a ``ReplyBuffer``: a lock, and who waits at its two ends.
final class ReplyChannel: Sendable {
    private struct State {
        var buffer: ReplyBuffer
        var takers: [CheckedContinuation<ReplyBuffer.Taken, Never>] = []
        var maker: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(maximumBufferedAudio: Duration) {
        state = Mutex(State(buffer: ReplyBuffer(maximumAudio: maximumBufferedAudio)))
    }

    // MARK: The maker's end

    var isStopped: Bool { state.withLock { $0.buffer.isStopped } }
    var hasRoom: Bool { state.withLock { $0.buffer.hasRoom } }

    func send(_ event: OmniEvent) { change { $0.buffer.put(event) } }

    func finish(throwing error: (any Error)? = nil) { change { $0.buffer.end(error) } }

    /// Returns when there is room, or when the maker is to stop.
    func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if !state.buffer.hasRoom { state.maker = continuation }
                return state.buffer.hasRoom
            }
            if goesOn { continuation.resume() }
        }
    }

    // MARK: The taker's end

    /// The next event; `nil` at the end, and when the task is cancelled.
    func next() async throws -> OmniEvent? {
        let taken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.takers.append(continuation) }
            }
        } onCancel: {
            abandon()
        }
        switch taken {
        case .event(let event): return event
        case .end(let error?): throw error
        case .end, .nothing: return nil
        }
    }

    func interrupt() { change { $0.buffer.interrupt() } }

    func abandon() { change { $0.buffer.abandon() } }

    // MARK: Both

    /// Changes the state, then wakes whoever can go on. Continuations are resumed outside of the lock.
    private func change(_ body: (inout State) -> Void) {
        typealias Wake = (taker: CheckedContinuation<ReplyBuffer.Taken, Never>, taken: ReplyBuffer.Taken)
        let (wakes, maker) = state.withLock { state -> ([Wake], CheckedContinuation<Void, Never>?) in
            body(&state)
            var wakes: [Wake] = []
            while let taker = state.takers.first {
                let taken = state.buffer.take()
                if case .nothing = taken { break }
                state.takers.removeFirst()
                wakes.append((taker, taken))
            }
            guard state.buffer.hasRoom else { return (wakes, nil) }
            defer { state.maker = nil }
            return (wakes, state.maker)
        }
        for wake in wakes { wake.taker.resume(returning: wake.taken) }
        maker?.resume()
    }
}
