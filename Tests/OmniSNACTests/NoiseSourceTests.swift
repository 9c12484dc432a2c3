import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

@Suite struct NoiseSourceTests {
    private func values(_ source: NoiseSource, block: Int, _ range: Range<Int>) -> [Float] {
        var values = [Float](repeating: .nan, count: range.count)
        var span = values.mutableSpan
        source.fill(&span, block: block, start: range.lowerBound)
        return values
    }

    @Test func theSameSampleAlwaysHasTheSameNoise() {
        let whole = values(.seeded(7), block: 1, 0..<1000)
        var random = Noise(seed: 1)
        for _ in 0..<200 {
            let start = Int.random(in: 0..<1000, using: &random)
            let end = Int.random(in: start...1000, using: &random)
            #expect(values(.seeded(7), block: 1, start..<end) == Array(whole[start..<end]))
        }
        // However far on.
        #expect(values(.seeded(7), block: 0, 1 << 40..<1 << 40 + 3).allSatisfy { $0.isFinite })
    }

    @Test func seedsAndBlocksDiffer() {
        let noises = [(7, 0), (7, 1), (8, 0), (8, 1), (0, 0)].map { values(.seeded($0), block: $1, 0..<4096) }
        for (index, a) in noises.enumerated() {
            for b in noises.dropFirst(index + 1) {
                // Independent: the correlation of 4096 draws is within four standard deviations of none.
                let correlation = zip(a, b).reduce(0) { $0 + Double($1.0 * $1.1) } / 4096
                #expect(abs(correlation) < 4.0 / 64)
            }
        }
    }

    @Test func theDistributionIsNormal() {
        let draws = values(.seeded(11), block: 2, 0..<100_000).map(Double.init)
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        let fourth = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.015)
        #expect(abs(variance - 1) < 0.02)
        #expect(abs(fourth - 3) < 0.15)
        let beyondTwo = draws.count { abs($0) > 2 }
        #expect((4300...4800).contains(beyondTwo))
        // Neighbours know nothing of each other.
        let lag = zip(draws, draws.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 100_000
        #expect(abs(lag) < 0.015)
    }

    @Test func noNoiseIsZero() {
        #expect(values(.none, block: 3, 5..<9) == [0, 0, 0, 0])
        #expect(values(.recorded([[1, 2], [3, 4, 5]]), block: 1, 1..<3) == [4, 5])
    }

    @Test func theSeedDecidesTheSound() throws {
        let codec = try GoldenCodec.speech.load(.blas, noise: .seeded(1))
        let frames = codec.randomFrames(3, seed: 1)
        let one = try codec.decode(frames).samples
        #expect(try codec.decode(frames).samples == one)
        #expect(try codec.decode(frames, noise: .seeded(1)).samples == one)
        #expect(try codec.decode(frames, noise: .seeded(2)).samples != one)
        #expect(try codec.decode(frames, noise: NoiseSource.none).samples != one)
    }

    /// Recorded, the seeded noise gives the seeded audio: both are indexed in the block's own time.
    @Test func recordedNoiseIsTakenSampleForSample() throws {
        let codec = try GoldenCodec.attention.load(.blas)
        let frames = codec.randomFrames(9, seed: 1)
        let counts = codec.configuration.sampleCounts(ofFrames: 9)
        let recorded = NoiseSource.recorded(
            counts.enumerated().map { values(.seeded(4), block: $0.offset, 0..<$0.element) })
        #expect(try codec.decode(frames, noise: recorded) == codec.decode(frames, noise: .seeded(4)))
    }

    @Test func noiseThatIsTooShortIsAnErrorBeforeAnythingIsDone() throws {
        let codec = try GoldenCodec.speech.load(.blas)
        let counts = codec.configuration.sampleCounts(ofFrames: 2)
        #expect(counts == [64, 512, 2048, 4096])
        let frames = codec.randomFrames(3, seed: 1)
        var blocks = counts.map { [Float](repeating: 0.5, count: $0) }
        let enough = NoiseSource.recorded(blocks)
        #expect(try codec.decode(frames.prefix(2), noise: enough).samples.count == 4096)
        let error = #expect(throws: SNACError.self) { try codec.decode(frames, noise: enough) }
        #expect(error == .recordedNoiseTooShort(block: 0, needed: 96, found: 64))
        blocks[2].removeLast()
        #expect(throws: SNACError.recordedNoiseTooShort(block: 2, needed: 2048, found: 2047)) {
            try codec.decode(frames.prefix(2), noise: .recorded(blocks))
        }
        #expect(throws: SNACError.recordedNoiseTooShort(block: 0, needed: 32, found: 0)) {
            try codec.decode(frames.prefix(1), noise: .recorded([]))
        }
        // A stream is as it was before the frame that needs more.
        var stream = codec.makeStream(noise: enough)
        _ = try stream.push(contentsOf: frames.prefix(2))
        #expect(throws: SNACError.self) { try stream.push(frames[2]) }
        #expect(stream.frameCount == 2)
        #expect(stream.finish()?.samples == (try codec.decode(frames.prefix(2), noise: enough).samples))
    }
}
