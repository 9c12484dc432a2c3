/// Keeps how much of a reply has been heard. A pure clock: instants come in, counted from any beginning, and audio is
/// taken to play from the instant at which it was handed over, without a break as long as there is some.
package struct PlaybackClock: Sendable, Hashable {
    /// Audio that was handed over to a player.
    package private(set) var delivered: Duration = .zero
    /// How much of it has been heard.
    package private(set) var heard: Duration = .zero
    /// Whether playing pauses, from the last instant on.
    package var isPaused = false {
        // What a pause lasts is no underrun.
        didSet { if dryInstant != nil { dryInstant = instant } }
    }
    /// How often the audio ran out before more came.
    package private(set) var underrunCount = 0
    /// How long nothing was heard for that reason.
    package private(set) var underrunDuration: Duration = .zero

    private var instant: Duration = .zero
    /// Since when there has been nothing to play.
    private var dryInstant: Duration?

    /// A clock before the first audio.
    package init() {}

    /// Audio that was handed over and not heard yet.
    package var remaining: Duration { delivered - heard }

    /// Moves on. Instants before the last one change nothing.
    package mutating func advance(to instant: Duration) {
        let elapsed = instant - self.instant
        guard elapsed > .zero else { return }
        self.instant = instant
        guard !isPaused, remaining > .zero else { return }
        if elapsed >= remaining { dryInstant = instant - (elapsed - remaining) }
        heard += min(elapsed, remaining)
    }

    /// More audio is there.
    package mutating func deliver(_ duration: Duration, at instant: Duration) {
        advance(to: instant)
        guard duration > .zero else { return }
        delivered += duration
        guard let dryInstant else { return }
        underrunCount += self.instant > dryInstant ? 1 : 0
        underrunDuration += self.instant - dryInstant
        self.dryInstant = nil
    }

    /// Takes over what a player says, up to all that was handed over.
    package mutating func correct(heard: Duration) { self.heard = min(max(heard, .zero), delivered) }

    /// What another clock said.
    mutating func replay(delivered: Duration, heard: Duration) {
        self.delivered = delivered
        self.heard = min(heard, delivered)
    }
}

/// What a reply says, and when in its audio: the text runs ahead of the audio, and of a reply that was cut short
/// only a part was heard.
struct SpokenScript: Sendable {
    private var lines: [(text: String, place: Duration)] = []

    /// Adds text that is spoken `place` after the beginning of the audio.
    mutating func append(_ text: String, at place: Duration) { lines.append((text, place)) }

    /// The text whose audio had begun when `duration` of it was heard.
    func text(heard duration: Duration) -> String {
        lines.lazy.filter { $0.place < duration }.map(\.text).joined()
    }
}
