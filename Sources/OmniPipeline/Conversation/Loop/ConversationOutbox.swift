import OmniCore
import Synchronization

/// The events of a conversation between its loop and whoever takes them.
final class ConversationOutbox: Sendable {
    private enum Taken {
        case event(ConversationEvent)
        case end((any Error)?)
    }

    private struct State {
        var events = FIFO<ConversationEvent>()
        var takers: [CheckedContinuation<Taken, Never>] = []
        /// Set once nothing more is put in.
        var end: Result<Void, any Error>?
        var isAbandoned = false
        /// Sound that was taken since the loop last asked.
        var deliveries: [(reply: ReplyID, duration: Duration)] = []
    }

    /// Events that may wait; then the loop listens no further. Sound is bounded by what was heard of it.
    private static let capacity = 512

    private let state = Mutex(State())
    private let onChange: @Sendable () -> Void

    /// - Parameter onChange: called when events were taken or are waited for, and when nobody listens any more.
    init(onChange: @escaping @Sendable () -> Void) { self.onChange = onChange }

    // MARK: The loop's end

    func put(_ event: ConversationEvent) {
        change { state in
            if state.end == nil, !state.isAbandoned { state.events.append(event) }
        }
    }

    func finish(throwing error: (any Error)? = nil) {
        change { state in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(()) }
        }
    }

    /// Drops what nobody has taken of an answer.
    func drop(_ reply: ReplyID) {
        change { state in
            state.events.removeAll { event in
                if case .reply(let event) = event { event.reply == reply } else { false }
            }
        }
    }

    func takeDeliveries() -> [(reply: ReplyID, duration: Duration)] {
        state.withLock { state in
            defer { state.deliveries = [] }
            return state.deliveries
        }
    }

    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// Whether events may be put in.
    var hasRoom: Bool { state.withLock { $0.isAbandoned || $0.events.count < Self.capacity } }

    /// Whether all events were taken, and the taker has come back for more.
    var isCaughtUp: Bool { state.withLock { $0.isAbandoned || ($0.events.isEmpty && !$0.takers.isEmpty) } }

    // MARK: The taker's end

    /// The next event; `nil` at the end, and when the task is cancelled.
    func next() async throws -> ConversationEvent? {
        let taken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.takers.append(continuation) }
                onChange()
            }
        } onCancel: {
            abandon()
        }
        switch taken {
        case .event(let event): return event
        case .end(let error?): throw error
        case .end: return nil
        }
    }

    /// Drops everything: nobody listens any more.
    func abandon() {
        change { state in
            state.isAbandoned = true
            state.events = FIFO()
        }
        onChange()
    }

    // MARK: Both

    /// Changes the state, then wakes whoever can go on. Continuations are resumed outside of the lock.
    private func change(_ body: (inout State) -> Void) {
        typealias Wake = (taker: CheckedContinuation<Taken, Never>, taken: Taken)
        let wakes = state.withLock { state -> [Wake] in
            body(&state)
            var wakes: [Wake] = []
            while let taker = state.takers.first, let taken = Self.take(&state) {
                state.takers.removeFirst()
                if case .event(.reply(.audio(let chunk, let reply))) = taken {
                    state.deliveries.append((reply, chunk.duration))
                }
                wakes.append((taker, taken))
            }
            return wakes
        }
        for wake in wakes { wake.taker.resume(returning: wake.taken) }
    }

    private static func take(_ state: inout State) -> Taken? {
        if state.isAbandoned { return .end(nil) }
        if let event = state.events.popFirst() { return .event(event) }
        switch state.end {
        case nil: return nil
        case .success: return .end(nil)
        case .failure(let error):
            state.end = .success(())
            return .end(error)
        }
    }
}
