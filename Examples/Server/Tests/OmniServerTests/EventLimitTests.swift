import Testing

@testable import OmniServer

/// What a client may send: no clock runs.
@Suite struct EventLimitTests {
    private let start = ContinuousClock.now

    /// How many of many events are let through after a time without any.
    private func count(_ limit: inout EventLimit, after seconds: Int, byteCount: Int) -> Int {
        var count = 0
        while limit.allows(byteCount: byteCount, at: start + .seconds(seconds)) { count += 1 }
        return count
    }

    @Test func events() {
        var limit = EventLimit()
        #expect(count(&limit, after: 0, byteCount: 10) == 2_000)
        // The one that was refused counts.
        #expect(count(&limit, after: 1, byteCount: 10) == 399)
        #expect(count(&limit, after: 100, byteCount: 10) == 2_000)
    }

    @Test func bytes() {
        var limit = EventLimit()
        #expect(count(&limit, after: 0, byteCount: 1_000_000) == 16)
        #expect(count(&limit, after: 2, byteCount: 1_000_000) == 3)
    }

    /// Sound at the pace of life never ends; a file may come at once; a flood of G.711, which is small, does not.
    @Test func sound() {
        var (life, flood) = (EventLimit(), EventLimit())
        let living = (0..<10_000).map { life.allows(sound: .milliseconds(40), at: start + .milliseconds(40) * $0) }
        #expect(!living.contains(false))
        let flooding = [(120, 0), (8, 1), (1, 1)].map { seconds, time in
            flood.allows(sound: .seconds(seconds), at: start + .seconds(time))
        }
        #expect(flooding == [true, true, false])
    }
}
