import Foundation
import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

@Suite struct WhisperEncoderTests {
    private struct Length: Decodable {
        var n, leng: Int
    }
    private struct Mismatches: Decodable {
        var first: [Int]
    }
    private struct Helpers: Decodable {
        var leng: [Length]
        var leng_float_vs_integer_mismatches: Mismatches
    }

    @Test func lengthsAreTheReferences() throws {
        let helpers: Helpers = try Fixture.json("helpers/helpers.json")
        let encoder = try RandomWhisper.make(.blas)
        #expect(helpers.leng.count == 12)
        for row in helpers.leng {
            #expect(WhisperEncoder.referenceLength(forSampleCount: row.n) == row.leng)
            #expect(encoder.featureCount(forSampleCount: row.n) == min(row.leng, 30))
        }
        // Where floating point makes less of a whole number of steps than integers do.
        let mismatches = (0...480_000).filter { WhisperEncoder.referenceLength(forSampleCount: $0) != $0 / 320 + 1 }
        #expect(mismatches == helpers.leng_float_vs_integer_mismatches.first)
    }

    /// The last block computes only the rows that are kept; that must not show.
    @Test(arguments: RandomWhisper.configurations, Engine.allCases)
    func keepingFewerRowsGivesTheSameRows(_ configuration: WhisperEncoder.Configuration, _ engine: Engine) throws {
        let encoder = try RandomWhisper.make(engine, configuration)
        let mel = try encoder.spectrogram(RandomWhisper.audio(encoder.maximumSampleCount))
        let context = configuration.contextLength
        let all = encoder.encode(mel, keeping: context)
        #expect(all.scalars.allSatisfy { $0.isFinite })
        for rowCount in Set([0, 1, context / 2, context - 1, context]) {
            let some = encoder.encode(mel, keeping: rowCount)
            #expect(some.shape == [rowCount, configuration.width])
            #expect(Tolerance.largestDifference(some, all.rows(0..<rowCount)) < 1e-5)
        }
    }

    @Test(arguments: RandomWhisper.configurations)
    func enginesAgree(_ configuration: WhisperEncoder.Configuration) throws {
        let audio = RandomWhisper.audio(configuration.contextLength * 320)
        let expected = try RandomWhisper.make(.reference, configuration).encode(audio)
        let found = try RandomWhisper.make(.blas, configuration).encode(audio)
        #expect(Tolerance.relativeDifference(found, expected) < 1e-5)
    }

    // Bit by bit needs an engine that always adds up in the same order; OpenBLAS does not when other threads call it at
    // the same time.
    private func exactEncoder() throws -> WhisperEncoder {
        try WhisperEncoder.load(from: Fixture.url("tiny/checkpoint/small.pt"), engine: NativeEngine.forTests)
    }

    @Test func aStreamedUtteranceHasTheSameFeatures() throws {
        let encoder = try exactEncoder()
        let audio = try GoldenClip.audio("q_short_16k")
        var stream = encoder.spectrogram.makeStream()
        for start in stride(from: 0, to: audio.samples.count, by: 777) {
            try stream.push(Array(audio.samples[start..<min(start + 777, audio.samples.count)]).span)
        }
        let rowCount = encoder.featureCount(forSampleCount: stream.sampleCount)
        let found = encoder.encode(stream.finish(), keeping: rowCount)
        let whole = try encoder.encode(audio)
        #expect(found == whole)
    }

    /// A trimmed utterance is encoded as if the context ended a second after it: what lies beyond has no part in it.
    @Test(arguments: Engine.allCases) func aTrimmedUtteranceHearsNothingBeyondItself(_ engine: Engine) throws {
        var encoder = try RandomWhisper.make(engine, RandomWhisper.configurations[2])
        var noise = Noise(seed: 13)
        let mel = noise.tensor([540, 3])
        var other = mel
        var span = other.mutableSpan
        for i in 300 * 3..<540 * 3 { span[i] += 1 }
        let (wholeRows, otherRows) = (encoder.encode(mel, keeping: 100), encoder.encode(other, keeping: 100))
        #expect(Tolerance.largestDifference(wholeRows, otherRows) > 1e-3)
        let whole = encoder.encode(mel, keeping: 230)
        encoder.audioContext = .trimmed
        let trimmed = encoder.encode(mel, keeping: 100)
        #expect(trimmed.shape == [100, 6])
        #expect(trimmed == encoder.encode(other, keeping: 100))
        // With a second to spare there is nothing to trim.
        #expect(whole == encoder.encode(mel, keeping: 230))
    }

    @Test func anUtteranceLongerThanTheContextIsCut() throws {
        let encoder = try exactEncoder()
        var noise = Noise(seed: 12)
        let samples = noise.floats(31 * 16_000, scale: 0.2)
        let long = try encoder.encode(AudioChunk(samples, sampleRate: 16_000))
        #expect(long.shape == [1500, encoder.configuration.width])
        let cut = try encoder.encode(AudioChunk(Array(samples.prefix(encoder.maximumSampleCount)), sampleRate: 16_000))
        #expect(long == cut)
    }

    @Test(arguments: Engine.allCases) func noSamplesAreSilence(_ engine: Engine) throws {
        let encoder = try RandomWhisper.make(engine)
        let nothing = try encoder.encode(AudioChunk([], sampleRate: 16_000))
        let silence = try encoder.encode(AudioChunk([0], sampleRate: 16_000))
        #expect(nothing.shape == [1, 16])
        #expect(nothing == silence)
    }

    @Test func anotherRateIsAnError() throws {
        let encoder = try RandomWhisper.make(.blas)
        #expect(encoder.inputSampleRate == 16_000)
        let error = #expect(throws: AudioInputError.self) { try encoder.encode(AudioChunk([0], sampleRate: 24_000)) }
        #expect(error == .wrongSampleRate(expected: 16_000, found: 24_000))
        #expect(error?.description == "audio at 16000 Hz is needed, not at 24000 Hz")
    }

    @Test func soundThatIsNoNumberIsAnError() throws {
        let encoder = try RandomWhisper.make(.blas)
        #expect(throws: AudioInputError.notFinite(sampleIndex: 2)) {
            try encoder.encode(AudioChunk([0, 0, .nan, 0], sampleRate: 16_000))
        }
    }
}
