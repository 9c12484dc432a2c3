import Synchronization

/// What the connections of one client address share: how much they may send together, and the lane of the work that is
/// done for them.
final class ClientAccount: Sendable {
    /// Amounts of all of the client's connections, beyond what each of them may send in any case.
    private struct Budgets {
        var frames = Budget(most: 8_000, perSecond: 2_000)
        var bytes = Budget(most: 32e6, perSecond: 4e6)
        var audioSeconds = Budget(most: 240, perSecond: 16)
    }

    /// Where request bodies of this client are read, one after the other.
    let lane: WorkLane
    private let budgets = Mutex(Budgets())

    init(_ pool: WorkPool) { lane = pool.makeLane() }

    func spend(frames: Double, at now: ContinuousClock.Instant) -> Bool {
        budgets.withLock { $0.frames.spend(frames, at: now) }
    }

    func spend(bytes: Double, at now: ContinuousClock.Instant) -> Bool {
        budgets.withLock { $0.bytes.spend(bytes, at: now) }
    }

    func spend(audioSeconds: Double, at now: ContinuousClock.Instant) -> Bool {
        budgets.withLock { $0.audioSeconds.spend(audioSeconds, at: now) }
    }
}

/// An amount that may be spent, and comes again. Pure: it is told the time.
struct Budget: Sendable {
    let most: Double
    let perSecond: Double
    private var left: Double
    private var last: ContinuousClock.Instant?

    init(most: Double, perSecond: Double) {
        (self.most, self.perSecond, left) = (most, perSecond, most)
    }

    /// Spends an amount; `false`, and nothing is spent, when there is not enough.
    mutating func spend(_ amount: Double, at now: ContinuousClock.Instant) -> Bool {
        let passed = last.map { max((now - $0).inSeconds, 0) } ?? 0
        last = now
        left = min(left + passed * perSecond, most)
        guard left >= amount else { return false }
        left -= amount
        return true
    }
}
