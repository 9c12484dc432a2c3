import OmniPipeline
import Testing

/// Milliseconds throughout.
@Suite struct PlaybackClockTests {
    private func at(_ milliseconds: Int) -> Duration { .milliseconds(milliseconds) }

    @Test func audioIsHeardAsTimePasses() {
        var clock = PlaybackClock()
        clock.advance(to: at(1000))
        #expect(clock.heard == .zero && clock.underrunCount == 0)
        clock.deliver(at(300), at: at(1000))
        clock.advance(to: at(1100))
        #expect(clock.heard == at(100) && clock.remaining == at(200))
        clock.deliver(at(300), at: at(1200))
        clock.advance(to: at(1500))
        #expect(clock.heard == at(500))
        clock.advance(to: at(9000))
        #expect(clock.heard == at(600) && clock.remaining == .zero)
        #expect(clock.underrunCount == 0 && clock.underrunDuration == .zero)
    }

    @Test func runningDryIsCounted() {
        var clock = PlaybackClock()
        clock.deliver(at(100), at: at(0))
        clock.advance(to: at(130))
        clock.deliver(at(100), at: at(150))
        #expect(clock.underrunCount == 1 && clock.underrunDuration == at(50))
        #expect(clock.heard == at(100))
        // More, in the instant at which all was heard, is in time.
        clock.deliver(at(100), at: at(250))
        #expect(clock.heard == at(200) && clock.underrunCount == 1)
        clock.advance(to: at(400))
        #expect(clock.heard == at(300))
    }

    @Test func aPauseIsNoUnderrun() {
        var clock = PlaybackClock()
        clock.deliver(at(100), at: at(0))
        clock.advance(to: at(60))
        clock.isPaused = true
        clock.advance(to: at(500))
        #expect(clock.heard == at(60))
        clock.isPaused = false
        clock.advance(to: at(530))
        #expect(clock.heard == at(90))
        clock.advance(to: at(540))
        clock.isPaused = true
        clock.advance(to: at(800))
        clock.isPaused = false
        clock.deliver(at(100), at: at(805))
        #expect(clock.underrunCount == 1 && clock.underrunDuration == at(5))
    }

    @Test func aPlayerKnowsBetter() {
        var clock = PlaybackClock()
        clock.deliver(at(500), at: at(0))
        clock.advance(to: at(400))
        clock.correct(heard: at(250))
        #expect(clock.heard == at(250))
        clock.advance(to: at(450))
        #expect(clock.heard == at(300))
        clock.correct(heard: at(9000))
        #expect(clock.heard == at(500))
        clock.correct(heard: at(-1))
        #expect(clock.heard == .zero)
    }

    @Test func timeDoesNotRunBackwards() {
        var clock = PlaybackClock()
        clock.deliver(at(500), at: at(100))
        clock.advance(to: at(200))
        clock.advance(to: at(150))
        clock.advance(to: at(250))
        #expect(clock.heard == at(150))
    }
}
