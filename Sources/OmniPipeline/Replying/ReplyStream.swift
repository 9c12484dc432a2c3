import OmniCore

/// The events of one reply on their way from the task that makes them to their consumer.
typealias ReplyStream = Mailbox<ReplyBuffer>

extension Mailbox<ReplyBuffer> {
    /// - Parameters:
    ///   - maximumBufferedAudio: how far the reply task may run ahead of what is heard.
    ///   - playback: what counts as heard.
    ///   - onPost: called after each event, when the reply task waits for room, and after the end.
    convenience init(
        maximumBufferedAudio: Duration, playback: ReplyBuffer.Playback = .taken,
        onPost: (@Sendable () -> Void)? = nil
    ) {
        self.init(ReplyBuffer(maximumAudio: maximumBufferedAudio, playback: playback), onPost: onPost)
    }

    // MARK: The reply task's end

    var isStopped: Bool { read(\.isStopped) }
    var hasRoom: Bool { read(\.hasRoom) }

    /// Whether there is room once this much audio was made in all.
    func hasRoom(whenMade duration: Duration) -> Bool { read { $0.hasRoom(whenMade: duration) } }

    /// - Parameter place: where in the audio a piece of text is spoken.
    func send(_ event: OmniEvent, spokenAt place: Duration = .zero) { post { $0.put(event, spokenAt: place) } }

    func finish(throwing error: (any Error)? = nil) { post { $0.end(error) } }

    // MARK: The consumer's end

    /// The next event; `nil` at the end, and when the task is cancelled.
    func nextEvent() async throws -> OmniEvent? {
        let output = await withTaskCancellationHandler {
            await next()
        } onCancel: {
            abandon()
        }
        switch output {
        case .event(let event, _): return event
        case .end(let error?): throw error
        case .end: return nil
        }
    }

    /// Whether the reply task can do no more for now: it has ended, or waits for room.
    var isSettled: Bool { isProducerWaiting || read(\.hasEnded) }

    /// The player has played this much.
    func hear(_ duration: Duration) { change { $0.hear(duration) } }

    /// Changes how far the reply task may run ahead.
    func allow(_ maximumBufferedAudio: Duration) { change { $0.maximumAudio = maximumBufferedAudio } }

    /// Stops the reply task; text that was made stays.
    func interrupt() { change { $0.interrupt() } }

    /// Stops the reply task and drops everything.
    func abandon() { change { $0.abandon() } }
}
