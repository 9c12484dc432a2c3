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
    private let onChange: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - maximumBufferedAudio: how far the maker may run ahead of what is heard.
    ///   - hearing: what counts as heard.
    ///   - onChange: called after each event, when the maker waits for room, and after the end.
    init(
        maximumBufferedAudio: Duration, hearing: ReplyBuffer.Hearing = .taken,
        onChange: (@Sendable () -> Void)? = nil
    ) {
        state = Mutex(State(buffer: ReplyBuffer(maximumAudio: maximumBufferedAudio, hearing: hearing)))
        self.onChange = onChange
    }

    // MARK: The maker's end

    var isStopped: Bool { state.withLock { $0.buffer.isStopped } }
    var hasRoom: Bool { state.withLock { $0.buffer.hasRoom } }

    /// Whether there is room once this much sound was made in all.
    func hasRoom(whenMade duration: Duration) -> Bool { state.withLock { $0.buffer.hasRoom(whenMade: duration) } }

    /// - Parameter place: where in the sound a piece of text is spoken.
    func send(_ event: OmniEvent, spokenAt place: Duration = .zero) {
        change { $0.buffer.put(event, spokenAt: place) }
        onChange?()
    }

    func finish(throwing error: (any Error)? = nil) {
        change { $0.buffer.end(error) }
        onChange?()
    }

    /// Returns when there is room, or when the maker is to stop.
    func waitForRoom() async {
        await withCheckedContinuation { continuation in
            change { $0.maker = continuation }
            onChange?()
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

    /// What can be taken without waiting.
    func takeNow() -> ReplyBuffer.Taken {
        var taken = ReplyBuffer.Taken.nothing
        change { taken = $0.buffer.take() }
        return taken
    }

    /// Whether the maker can do no more for now: it has ended, or waits for room.
    var isSettled: Bool { state.withLock { $0.maker != nil || $0.buffer.hasEnded } }

    /// Whoever plays the sound has come this far.
    func hear(_ duration: Duration) { change { $0.buffer.hear(duration) } }

    /// Changes how far the maker may run ahead.
    func allow(_ maximumBufferedAudio: Duration) { change { $0.buffer.maximumAudio = maximumBufferedAudio } }

    /// The text whose sound had begun when so much of it was heard.
    func text(heard duration: Duration) -> String { state.withLock { $0.buffer.script.text(heard: duration) } }

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
