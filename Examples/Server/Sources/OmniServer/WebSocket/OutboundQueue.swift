import Synchronization

/// Messages on their way to a client: put in by many, in an order that holds, and taken out by one. A producer of
/// much waits until there is room; what is only put in may not grow beyond a limit.
final class OutboundQueue: Sendable {
    enum Message: Sendable {
        case text(String)
        case ping
        case pong([UInt8])
        /// The last one: the status of RFC 6455, and a reason.
        case close(UInt16, String)
    }

    private struct State {
        /// Those before ``taken`` are gone already.
        var messages: [Message] = []
        var taken = 0
        var byteCount = 0
        var isClosed = false
        var taker: CheckedContinuation<Message?, Never>?
        var makers: [Int: CheckedContinuation<Void, Never>] = [:]
        var makerCount = 0

        var hasRoom: Bool { isClosed || byteCount < OutboundQueue.comfortableByteCount }

        /// Takes the first message.
        mutating func takeFirst() -> Message? {
            guard taken < messages.count else { return nil }
            let message = messages[taken]
            taken += 1
            byteCount -= message.byteCount
            // Now and then, so that each message is moved a bounded number of times.
            if taken >= 64, taken * 2 >= messages.count {
                messages.removeFirst(taken)
                taken = 0
            }
            return message
        }

        mutating func removeAll() {
            messages = []
            taken = 0
            byteCount = 0
        }
    }

    /// With this much waiting, makers wait too.
    static let comfortableByteCount = 256 << 10
    /// With this much waiting, the client does not read: it is let go.
    static let maximumByteCount = 4 << 20

    private let state = Mutex(State())

    /// Puts a message in. After ``Message/close(_:_:)`` nothing follows.
    func put(_ message: Message) {
        let wake = state.withLock { state -> (CheckedContinuation<Message?, Never>, Message)? in
            guard !state.isClosed else { return nil }
            state.messages.append(message)
            state.byteCount += message.byteCount
            if case .close = message { state.isClosed = true }
            if state.byteCount > Self.maximumByteCount {
                state.removeAll()
                state.messages = [.close(1008, "too slow a reader")]
                state.byteCount = state.messages[0].byteCount
                state.isClosed = true
            }
            guard let taker = state.taker, let next = state.takeFirst() else { return nil }
            state.taker = nil
            return (taker, next)
        }
        if let wake { wake.0.resume(returning: wake.1) }
    }

    /// Returns when there is room, when the consumer has left, and when the task is cancelled: a reply that is not
    /// wanted must not keep its place because its client does not read.
    func waitForRoom() async {
        let maker = state.withLock { state in
            state.makerCount += 1
            return state.makerCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard !state.hasRoom, !Task.isCancelled else { return true }
                    state.makers[maker] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.makers.removeValue(forKey: maker) }?.resume()
        }
    }

    /// The next message; `nil` after the last. One taker at a time.
    func next() async -> Message? {
        let message: Message? = await withCheckedContinuation { continuation in
            let ready: Message?? = state.withLock { state in
                if let message = state.takeFirst() { return message }
                guard state.isClosed else {
                    state.taker = continuation
                    return nil
                }
                return .some(nil)
            }
            if let ready { continuation.resume(returning: ready) }
        }
        release(onlyWithRoom: true)
        return message
    }

    /// The consumer has left.
    func abandon() {
        let taker = state.withLock { state in
            state.isClosed = true
            state.removeAll()
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: nil)
        release(onlyWithRoom: false)
    }

    private func release(onlyWithRoom: Bool) {
        let makers = state.withLock { state -> [Int: CheckedContinuation<Void, Never>] in
            guard !onlyWithRoom || state.hasRoom else { return [:] }
            defer { state.makers = [:] }
            return state.makers
        }
        for maker in makers.values { maker.resume() }
    }
}

extension OutboundQueue.Message {
    fileprivate var byteCount: Int {
        switch self {
        // What a message takes besides its text: many small ones are much, too.
        case .text(let text): text.utf8.count + 64
        case .pong(let payload): payload.count + 64
        default: 64
        }
    }
}
