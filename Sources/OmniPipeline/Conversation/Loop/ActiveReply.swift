import OmniCore

/// An answer that is being made, prepared or heard.
struct ActiveReply {
    let id: ReplyID
    let channel: ReplyChannel
    /// When it was begun.
    let instant = ContinuousClock.now
    var playback = PlaybackClock()
    /// Its sound as the echo gate wants it; `nil` where there is no gate.
    var played: PlayedSound?
    /// Sound that was made known.
    var announced: Duration = .zero
    /// Whether all of it was made known.
    var hasEnded = false

    /// Whether there is nothing left to hear.
    var isHeard: Bool { hasEnded && playback.heard >= announced }
}
