import OmniCore

/// The replies of a conversation that are on their way to its consumer: their streams, how much of each was played, and
/// its audio as the echo canceller wants it.
struct OutgoingReplies {
    struct Reply {
        let stream: ReplyStream
        var playback = PlaybackClock()
        /// `nil` where no echo is cancelled.
        var reference: EchoReference?
    }

    /// Of the echo reference, in Hz; `nil` where no echo is cancelled.
    private let echoSampleRate: Int?
    private var replies: [ReplyID: Reply] = [:]

    init(echoSampleRate: Int?) { self.echoSampleRate = echoSampleRate }

    subscript(id: ReplyID) -> Reply? { replies[id] }

    /// A new reply.
    ///
    /// - Parameters:
    ///   - runAhead: how far it may be made ahead of what was heard of it.
    ///   - onPost: called when it has something to tell.
    /// - Returns: where it is made to.
    mutating func add(_ id: ReplyID, runAhead: Duration, onPost: @escaping @Sendable () -> Void) -> ReplyStream {
        let stream = ReplyStream(maximumBufferedAudio: runAhead, playback: .reported, onPost: onPost)
        replies[id] = Reply(stream: stream, reference: echoSampleRate.map(EchoReference.init))
        return stream
    }

    /// No event of this reply is wanted any more.
    mutating func release(_ id: ReplyID) { replies.removeValue(forKey: id)?.stream.abandon() }

    func releaseAll() { for reply in replies.values { reply.stream.abandon() } }

    // MARK: Playback

    mutating func setPaused(_ isPaused: Bool, _ id: ReplyID) { replies[id]?.playback.isPaused = isPaused }

    /// Moves the clock of a reply on, and lets the reply be made further ahead.
    ///
    /// - Returns: the clock; `nil` when there is no such reply.
    mutating func updatePlayback(_ id: ReplyID, _ body: (inout PlaybackClock) -> Void) -> PlaybackClock? {
        guard var reply = replies[id] else { return nil }
        body(&reply.playback)
        replies[id] = reply
        reply.stream.hear(reply.playback.heard)
        return reply.playback
    }

    /// Audio that was made known and will be played.
    mutating func willPlay(_ chunk: AudioChunk, of id: ReplyID) { replies[id]?.reference?.push(chunk) }

    /// What is played of a reply during the next window; `nil` for nothing, and where no echo is cancelled.
    mutating func takePlayed(_ sampleCount: Int, of id: ReplyID) -> [Float]? {
        guard let playback = replies[id]?.playback, !playback.isPaused else { return nil }
        return replies[id]?.reference?.take(sampleCount, delivered: playback.delivered)
    }

    /// Whether all can go no further for now.
    var areSettled: Bool { replies.values.allSatisfy(\.stream.isSettled) }
}
