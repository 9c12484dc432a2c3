import Testing

@testable import OmniServer

/// What a client may send: no clock runs.
@Suite struct EventLimitTests {
    private let start = ContinuousClock.now

    private func makeLimit(_ account: ClientAccount? = nil) -> EventLimit {
        EventLimit(account ?? ClientAccount(.bodies))
    }

    /// How many pieces are let through after a time without any.
    private func count(_ limit: inout EventLimit, after seconds: Int, byteCount: Int) -> Int {
        var count = 0
        while limit.allows(byteCount: byteCount, at: start + .seconds(seconds)) { count += 1 }
        return count
    }

    @Test func frames() {
        var limit = makeLimit()
        let counts = [0, 1, 100].map { seconds in
            var count = 0
            while limit.allowsFrame(at: start + .seconds(seconds)) { count += 1 }
            return count
        }
        #expect(counts == [4_000, 800, 4_000])
    }

    @Test func bytes() {
        var limit = makeLimit()
        #expect(count(&limit, after: 0, byteCount: 1_000_000) == 16)
        #expect(count(&limit, after: 2, byteCount: 1_000_000) == 4)
    }

    /// Audio at the pace of speech never ends; a file may come at once; a flood of G.711, which is small, does not.
    @Test func audio() {
        var (life, flood) = (makeLimit(), makeLimit())
        let living = (0..<10_000).map { life.allows(audio: .milliseconds(40), at: start + .milliseconds(40) * $0) }
        #expect(!living.contains(false))
        let flooding = [(120, 0), (8, 1), (1, 1)].map { seconds, time in
            flood.allows(audio: .seconds(seconds), at: start + .seconds(time))
        }
        #expect(flooding == [true, true, false])
    }

    /// What one address may send is not more for many connections; but each of them may go on speaking.
    @Test func addresses() {
        let account = ClientAccount(.bodies)
        var floods = (0..<10).map { _ in makeLimit(account) }
        let counts = floods.indices.map { count(&floods[$0], after: 0, byteCount: 100_000) }
        // Two of each are assured; 320 are shared.
        #expect(counts.reduce(0, +) == 340)
        var speaker = makeLimit(account)
        // 24 kHz in base64, in frames of 40 ms.
        let speaking = (0..<10_000).map { index in
            let now = start + .milliseconds(40) * index
            _ = floods[index % 10].allows(byteCount: 100_000, at: now)
            return speaker.allows(byteCount: 2_700, at: now) && speaker.allowsFrame(at: now)
                && speaker.allows(audio: .milliseconds(40), at: now)
        }
        #expect(!speaking.contains(false))
    }
}
