import OmniCore

/// The events of a conversation between its driver and their consumer.
struct ConversationOutbox: MailboxContent {
    enum Output: Sendable {
        case event(ConversationEvent)
        case end((any Error)?)
    }

    /// Events that may wait; then the driver takes no more audio. The audio of replies is bounded by what was heard of
    /// it.
    private static let capacity = 512

    private var events = Queue<ConversationEvent>()
    /// How replies ended of which nothing more was taken; made known behind their interruption.
    private var droppedEnds: [ReplyID: ReplyMetrics] = [:]
    /// Set once nothing more is put in.
    private var end: Result<Void, any Error>?
    private(set) var isAbandoned = false
    /// Audio that was taken since the driver last asked.
    private var deliveries: [(reply: ReplyID, duration: Duration)] = []

    var hasRoom: Bool { isAbandoned || events.count < Self.capacity }

    mutating func put(_ event: ConversationEvent) {
        guard end == nil, !isAbandoned else { return }
        events.append(event)
        if case .replyInterrupted(let interruption) = event,
            let metrics = droppedEnds.removeValue(forKey: interruption.reply)
        {
            events.append(.reply(interruption.reply, .finished(metrics)))
        }
    }

    mutating func finish(_ error: (any Error)?) {
        if end == nil { end = error.map { .failure($0) } ?? .success(()) }
    }

    /// Drops what was not taken of a reply that is interrupted, all but its end.
    mutating func drop(_ reply: ReplyID) {
        var end: ReplyMetrics?
        events.replaceAll { event in
            guard case .reply(reply, let dropped) = event else { return event }
            if case .finished(let metrics) = dropped { end = metrics }
            return nil
        }
        end?.ending = .interrupted
        droppedEnds[reply] = end
    }

    mutating func takeDeliveries() -> [(reply: ReplyID, duration: Duration)] {
        defer { deliveries = [] }
        return deliveries
    }

    /// The consumer has left: drops everything.
    mutating func abandon() {
        isAbandoned = true
        events = Queue()
        droppedEnds = [:]
    }

    mutating func take() -> Output? {
        if isAbandoned { return .end(nil) }
        if let event = events.popFirst() {
            if case .reply(let reply, .audio(let chunk)) = event { deliveries.append((reply, chunk.duration)) }
            return .event(event)
        }
        switch end {
        case nil: return nil
        case .success: return .end(nil)
        case .failure(let error):
            end = .success(())
            return .end(error)
        }
    }
}

extension Mailbox<ConversationOutbox> {
    /// - Parameter onTake: called when events are waited for, and when the consumer has left.
    convenience init(onTake: @escaping @Sendable () -> Void) { self.init(ConversationOutbox(), onTake: onTake) }

    func put(_ event: ConversationEvent) { change { $0.put(event) } }

    func finish(throwing error: (any Error)? = nil) { change { $0.finish(error) } }

    var isAbandoned: Bool { read(\.isAbandoned) }

    var hasRoom: Bool { read(\.hasRoom) }

    /// Whether all events were taken, and the consumer has come back for more.
    var isCaughtUp: Bool { isAbandoned || isConsumerWaiting }

    /// The next event; `nil` at the end, and when the task is cancelled.
    func nextEvent() async throws -> ConversationEvent? {
        let output = await withTaskCancellationHandler {
            await next()
        } onCancel: {
            abandon()
        }
        switch output {
        case .event(let event): return event
        case .end(let error?): throw error
        case .end: return nil
        }
    }

    func abandon() { withdraw { $0.abandon() } }
}
