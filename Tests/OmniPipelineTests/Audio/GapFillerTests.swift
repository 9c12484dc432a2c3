import OmniCore
import OmniPipeline
import OmniTesting
import Testing

@Suite struct GapFillerTests {
    private static let piece = AudioChunk([Float](repeating: 1, count: 320), sampleRate: 16_000)

    /// Silence in milliseconds before each piece of 20 ms that comes at these milliseconds.
    private func silences(_ arrivals: [Int]) -> [Int] {
        var filler = GapFiller()
        return arrivals.map { arrival in
            let filled = filler.filled(Self.piece, at: .milliseconds(arrival))
            #expect(filled.samples.suffix(320) == Self.piece.samples[...])
            #expect(filled.samples.dropLast(320).allSatisfy { $0 == 0 })
            return (filled.samples.count - 320) / 16
        }
    }

    @Test func audioInTimeIsAsItWas() { #expect(silences([20, 40, 60, 80]) == [0, 0, 0, 0]) }

    /// Late, then all at once: nothing was lost.
    @Test func whatIsLateIsNotLost() {
        let found = silences([20, 40, 200, 201, 202, 203, 204, 205, 206, 220])
        #expect(found.allSatisfy { $0 == 0 })
    }

    @Test func whatWasLostIsSilence() {
        let found = silences([20, 40, 560, 580, 600, 1640, 1660])
        #expect(found == [0, 0, 500, 0, 0, 1020, 0])
    }

    @Test func anHourIsAMinute() {
        var filler = GapFiller()
        _ = filler.filled(Self.piece, at: .zero)
        let filled = filler.filled(Self.piece, at: .seconds(3600))
        #expect(filled.samples.count == 16_000 * 60 + 320)
        #expect(filler.filled == .seconds(60))
        // It is in time again.
        #expect(filler.filled(Self.piece, at: .seconds(3600) + .milliseconds(20)) == Self.piece)
    }

    /// An audio device whose clock is off by 300 parts in a million, either way, for an hour, and a machine that is
    /// late by up to 50 ms: no silence. Then 300 ms are lost.
    @Test(arguments: [-3, 3]) func clocksThatDiffer(by parts: Int) {
        var filler = GapFiller()
        var noise = Noise(seed: 3)
        func instant(_ index: Int) -> Duration { .microseconds(20_000 * index + index * 2 * parts) }
        for index in 1...180_000 {
            let late = Duration.milliseconds(Int.random(in: 0...50, using: &noise))
            _ = filler.filled(Self.piece, at: instant(index) + late)
        }
        #expect(filler.filled == .zero)
        _ = filler.filled(Self.piece, at: instant(180_001) + .milliseconds(300))
        #expect(filler.filled > .milliseconds(240) && filler.filled < .milliseconds(310))
    }

    /// A piece that the consumer did not take is missing before the next.
    @Test func whoCannotPassItOnStartsFromWhatWasBefore() {
        var filler = GapFiller()
        _ = filler.filled(Self.piece, at: .milliseconds(20))
        for index in 2...30 {
            var attempt = filler
            _ = attempt.filled(Self.piece, at: .milliseconds(20 * index))
        }
        #expect(filler.filled(Self.piece, at: .milliseconds(620)).duration == .milliseconds(600))
    }

    @Test func anotherRate() {
        var filler = GapFiller()
        _ = filler.filled(Self.piece, at: .milliseconds(20))
        let piece = AudioChunk([Float](repeating: 1, count: 960), sampleRate: 48_000)
        #expect(filler.filled(piece, at: .milliseconds(540)).samples.count == 960 + 24_000)
    }
}
