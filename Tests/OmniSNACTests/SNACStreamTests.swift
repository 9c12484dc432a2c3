import OmniCore
import OmniTesting
import Synchronization
import TestSupport
import Testing

@testable import OmniSNAC
@testable import OmniTensor

/// Streaming gives the whole, however the frames are chopped.
@Suite struct SNACStreamTests {
    private func stream(_ codec: SNAC, _ frames: [CodeFrame], noise: NoiseSource, lengths: [Int]) throws -> [Float] {
        var stream = codec.makeStream(noise: noise)
        var samples: [Float] = []
        var start = 0
        for length in lengths {
            let piece = frames[start..<min(start + length, frames.count)]
            let chunk = piece.count == 1 ? try stream.push(piece[start]) : try stream.push(contentsOf: piece)
            if let chunk {
                #expect(chunk.sampleRate == codec.outputSampleRate)
                #expect(!chunk.samples.isEmpty)
                samples += chunk.samples
            }
            start += piece.count
            #expect(stream.frameCount == start)
        }
        samples += stream.finish()?.samples ?? []
        return samples
    }

    /// With products on one thread: another test that computes attention meanwhile changes the number of OpenBLAS's
    /// threads, and with it the order of sums.
    private func expectAnyChopping(
        of codec: SNAC, frameCount: Int, choppings: Int, noise: NoiseSource,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = Mutex(Result<Void, any Error>.success(()))
        CBLAS.concurrently(workerCount: 2) { worker in
            guard worker == 0 else { return }
            let result = Result {
                try expectAnyChoppingAlone(
                    of: codec, frameCount: frameCount, choppings: choppings, noise: noise, location)
            }
            outcome.withLock { $0 = result }
        }
        try outcome.withLock(\.self).get()
    }

    private func expectAnyChoppingAlone(
        of codec: SNAC, frameCount: Int, choppings: Int, noise: NoiseSource, _ location: SourceLocation
    ) throws {
        let frames = codec.randomFrames(frameCount, seed: 20)
        let whole = try codec.decode(frames, noise: noise).samples
        #expect(whole.count == frameCount * codec.configuration.samplesPerFrame, sourceLocation: location)
        var random = Noise(seed: 21)
        for chopping in 0..<choppings {
            var lengths: [Int] = []
            let longest = [1, 3, frameCount][chopping % 3]
            while lengths.reduce(0, +) < frameCount {
                lengths.append(longest == 1 ? 1 : Int.random(in: 0...longest, using: &random))
            }
            let found = try stream(codec, frames, noise: noise, lengths: lengths)
            // Some engines add up products of several frames in another order, and say so.
            if codec.engine.multipliesRowsAlike(.float32) {
                #expect(found == whole, "\(lengths)", sourceLocation: location)
            } else {
                #expect(Tolerance.largestDifference(found, whole) < 1e-6, "\(lengths)", sourceLocation: location)
            }
        }
    }

    @Test(arguments: GoldenCodec.allCases, [NoiseSource.none, .seeded(5)])
    func anyChoppingOfTheGoldenCodecs(_ model: GoldenCodec, _ noise: NoiseSource) throws {
        try expectAnyChopping(of: model.load(.blas), frameCount: 23, choppings: 24, noise: noise)
        try expectAnyChopping(of: model.load(.reference), frameCount: 9, choppings: 3, noise: noise)
    }

    @Test(arguments: [RandomSNAC.narrow, RandomSNAC.music, RandomSNAC.odd, RandomSNAC.attentive], Engine.allCases)
    func anyChoppingOfOtherShapes(_ configuration: SNAC.Configuration, _ engine: Engine) throws {
        let codec = try RandomSNAC.make(configuration, engine)
        try expectAnyChopping(of: codec, frameCount: 17, choppings: engine == .blas ? 12 : 3, noise: .seeded(1))
        // Down to none.
        for frameCount in 0..<4 {
            try expectAnyChopping(of: codec, frameCount: frameCount, choppings: 3, noise: .seeded(1))
        }
    }

    /// A codec wide enough for BLAS to change its ways with the number of rows.
    @Test func anyChoppingOfAWideCodec() throws {
        let codec = try RandomSNAC.make(RandomSNAC.wide, .blas)
        try expectAnyChopping(of: codec, frameCount: 12, choppings: 4, noise: .seeded(1))
    }

    /// With the published rates nothing comes before the third frame; nothing is lost at the end.
    @Test func theFirstSoundComesWithTheThirdFrame() throws {
        for codec in try [GoldenCodec.speech.load(.blas), RandomSNAC.make(RandomSNAC.wide, .blas)] {
            var stream = codec.makeStream()
            let counts = try codec.randomFrames(6, seed: 1).map { try stream.push($0)?.samples.count }
            #expect(counts == [nil, nil, 1387, 2048, 2048, 2048])
            #expect(stream.finish()?.samples.count == 4757)
        }
    }

    @Test func attentionWaitsForItsWindow() throws {
        let codec = try RandomSNAC.make(RandomSNAC.music, .blas)
        let perFrame = codec.configuration.samplesPerFrame
        var stream = codec.makeStream()
        let counts = try codec.randomFrames(9, seed: 1).map { try stream.push($0)?.samples.count ?? 0 }
        // Windows of 32 latents are four frames of eight; the convolution before sees three latents more.
        #expect(counts.indices.filter { counts[$0] > 0 } == [4, 8])
        let rest = stream.finish()?.samples.count ?? 0
        #expect(rest > 0)
        #expect(counts.reduce(rest, +) == 9 * perFrame)
    }

    /// A changed code changes what lies within the decoder's reach, and nothing else.
    @Test func aCodeReachesAsFarAsTheReferenceSays() throws {
        struct Facts: Decodable {
            struct Receptive: Decodable {
                var latent_index, hop, first_changed, last_changed: Int
            }
            var receptive: Receptive
        }
        let facts = try Fixture.json("tiny/snac.json", as: Facts.self).receptive
        let codec = try GoldenCodec.speech.load(.reference)
        #expect(codec.configuration.hopLength == facts.hop)
        var codes = try codec.codes(of: codec.randomFrames(16, seed: 2))
        let before = try codec.decode(codes).samples
        codes[2][facts.latent_index] = (codes[2][facts.latent_index] + 1) % 64
        let after = try codec.decode(codes).samples
        let changed = before.indices.filter { before[$0] != after[$0] }
        let start = facts.latent_index * facts.hop
        // The reference saw the change where it was larger than its rounding, so ours reaches as far or farther; a
        // stream holds 4757 samples back.
        let (first, last) = try (#require(changed.first) - start, #require(changed.last) - start)
        #expect((-4757...facts.first_changed).contains(first), "\(first)")
        #expect((facts.last_changed..<facts.hop + 4757).contains(last), "\(last)")
    }

    @Test func streamsDoNotShareAnything() throws {
        let codec = try GoldenCodec.speech.load(.blas, noise: .seeded(3))
        let frames = codec.randomFrames(8, seed: 4)
        let others = codec.randomFrames(8, seed: 5)
        let expected = try codec.decode(frames).samples
        var (one, other) = (codec.makeStream(), codec.makeStream())
        var samples: [Float] = []
        for (frame, different) in zip(frames, others) {
            samples += try one.push(frame)?.samples ?? []
            _ = try other.push(different)
        }
        // A copy goes on by itself.
        var copy = one
        _ = try copy.push(others[0])
        samples += one.finish()?.samples ?? []
        #expect(Tolerance.largestDifference(samples, expected) < 1e-6)
    }

    /// Two rows at once in the reference are two decodings here.
    @Test(arguments: Engine.allCases) func aBatchIsTwoDecodings(_ engine: Engine) throws {
        let codec = try GoldenCodec.speech.load(engine)
        let expected = try GoldenCodec.speech.golden().floats("batch2.decode_zero_noise")
        let codes = try GoldenCodec.speech.codes("short.codes")
        let first = try codec.decode(codes).samples
        #expect(Tolerance.largestDifference(first, expected.rows(0..<1).scalars) < 1e-5)
        // The second row has the codes backwards.
        let second = try codec.decode(codes.map { Array($0.reversed()) }).samples
        #expect(Tolerance.largestDifference(second, expected.rows(1..<2).scalars) < 1e-5)
    }

    @Test func aStreamThatHasEndedTakesNoMore() throws {
        let codec = try GoldenCodec.speech.load(.blas)
        var stream = codec.makeStream()
        let frame = codec.randomFrames(1, seed: 0)[0]
        _ = try stream.push(frame)
        #expect(stream.finish()?.samples.count == 2048)
        #expect(stream.finish() == nil)
        #expect(throws: SNACError.streamFinished) { try stream.push(frame) }
        #expect(stream.frameCount == 1)
    }

    @Test func anEmptyStreamHasNothing() throws {
        for model in GoldenCodec.allCases {
            var stream = try model.load(.blas).makeStream()
            #expect(try stream.push(contentsOf: []) == nil)
            #expect(stream.finish() == nil)
        }
    }
}
