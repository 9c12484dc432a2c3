import OmniCore

/// What a session was asked.
enum ReplyQuestion<Encoder: SpeechEncoder>: Sendable {
    case speech(AudioChunk)
    case text(String)
    /// Speech that was listened to while it was spoken.
    case heard(HeardQuestion<Encoder>)

    var isSpoken: Bool {
        switch self {
        case .speech, .heard: true
        case .text: false
        }
    }
}

/// How a session was asked.
struct ReplyRequest: Sendable {
    let mode: ReplyMode
    let options: ReplyOptions
    let reply: ReplyID
    let instant: ContinuousClock.Instant
}

/// Makes replies: a pipeline, whatever its parts are.
protocol ReplyMaker: Sendable {
    associatedtype Encoder: SpeechEncoder

    var encoder: Encoder { get }
    var voiceActivity: (any VoiceActivityModel)? { get }

    /// Sends the events of a reply, all but a failure.
    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to channel: ReplyChannel) async throws
}
