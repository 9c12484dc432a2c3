import OmniCore

/// What a session was asked.
struct ReplyRequest: Sendable {
    enum Question: Sendable {
        case speech(AudioChunk)
        case text(String)
    }

    let question: Question
    let mode: ReplyMode
    let options: ReplyOptions
    let reply: ReplyID
    let instant: ContinuousClock.Instant
}

/// Makes replies: a pipeline, whatever its parts are.
protocol ReplyMaker: Sendable {
    /// Sends the events of a reply, all but a failure.
    func makeReply(_ request: ReplyRequest, to channel: ReplyChannel) async throws
}
