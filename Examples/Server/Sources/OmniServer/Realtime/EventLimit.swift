/// How much a client may send: what a fast sender of sound needs, not a flood. Pure: it is told the time.
struct EventLimit: Sendable {
    /// An amount that may be spent, and comes again.
    private struct Budget: Sendable {
        let most: Double
        let perSecond: Double
        private var left: Double
        private var last: ContinuousClock.Instant?

        init(most: Double, perSecond: Double) {
            (self.most, self.perSecond, left) = (most, perSecond, most)
        }

        /// Spends an amount; `false` when there was not enough.
        mutating func spend(_ amount: Double, at now: ContinuousClock.Instant) -> Bool {
            let passed = last.map { (now - $0).inSeconds } ?? 0
            last = now
            left = min(left + passed * perSecond, most) - amount
            return left >= 0
        }
    }

    private var events = Budget(most: 2_000, perSecond: 400)
    private var bytes = Budget(most: 16e6, perSecond: 2e6)
    /// Listening is computing, on a thread that all conversations share: a recording of two minutes may come at once, and then
    /// sound eight times as fast as it lasts.
    private var soundSeconds = Budget(most: 120, perSecond: 8)

    /// An event comes.
    mutating func allows(byteCount: Int, at now: ContinuousClock.Instant) -> Bool {
        // Both are counted, whichever is exceeded.
        let isOneTooMany = !events.spend(1, at: now)
        return bytes.spend(Double(byteCount), at: now) && !isOneTooMany
    }

    /// Sound comes that is to be listened to.
    mutating func allows(sound duration: Duration, at now: ContinuousClock.Instant) -> Bool {
        soundSeconds.spend(duration.inSeconds, at: now)
    }
}
