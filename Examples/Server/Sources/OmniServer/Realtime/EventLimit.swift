/// How much a client may send over one WebSocket: what a fast sender of audio needs, not a flood. Pure but for the
/// account: it is told the time.
///
/// An amount must be within the connection's own limit. Within that, each connection may send audio at the pace of
/// speech, whatever others of its address do; what goes beyond comes out of the account that all connections of the
/// address share.
struct EventLimit: Sendable {
    /// The own limit of a connection, and the part of it that no other can take away.
    private struct Share: Sendable {
        var limit: Budget
        var assured: Budget

        mutating func spend(
            _ amount: Double, at now: ContinuousClock.Instant, or shared: (Double) -> Bool
        ) -> Bool {
            guard limit.spend(amount, at: now) else { return false }
            return assured.spend(amount, at: now) || shared(amount)
        }
    }

    private let account: ClientAccount
    /// Fragments, pings and all other frames among them.
    private var frames = Share(
        limit: Budget(most: 4_000, perSecond: 800), assured: Budget(most: 200, perSecond: 100))
    private var bytes = Share(
        limit: Budget(most: 16e6, perSecond: 2e6), assured: Budget(most: 256e3, perSecond: 128e3))
    /// Listening is computing: a recording of two minutes may come at once, and then audio eight times as fast as it
    /// lasts.
    private var audioSeconds = Share(
        limit: Budget(most: 120, perSecond: 8), assured: Budget(most: 4, perSecond: 1.25))

    init(_ account: ClientAccount) { self.account = account }

    /// A frame was read.
    mutating func allowsFrame(at now: ContinuousClock.Instant) -> Bool {
        frames.spend(1, at: now) { [account] in account.spend(frames: $0, at: now) }
    }

    /// Bytes came, before anything is made of them.
    mutating func allows(byteCount: Int, at now: ContinuousClock.Instant) -> Bool {
        bytes.spend(Double(byteCount), at: now) { [account] in account.spend(bytes: $0, at: now) }
    }

    /// Audio comes that is to be listened to.
    mutating func allows(audio duration: Duration, at now: ContinuousClock.Instant) -> Bool {
        audioSeconds.spend(duration.inSeconds, at: now) { [account] in account.spend(audioSeconds: $0, at: now) }
    }
}
