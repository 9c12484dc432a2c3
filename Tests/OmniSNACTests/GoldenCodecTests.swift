import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniSNAC

/// Whole recordings and code lists, against the reference.
@Suite struct GoldenCodecTests {
    @Test(arguments: GoldenCodec.allCases, Engine.allCases)
    func encodesWhatTheReferenceEncodes(_ model: GoldenCodec, _ engine: Engine) throws {
        let codec = try model.load(engine)
        let golden = try model.golden()
        let audio = try model.audio()
        let latents = try codec.latents(of: audio).tensor
        #expect(Tolerance.relativeDifference(latents, try golden.channelsLast("encode.z")) < 1e-4)
        let codes = try codec.encode(audio)
        let expected = try model.codes("encode.codes")
        #expect(codes == expected)
    }

    /// Codes to latents. The reference stored none for the plain codec.
    @Test(
        arguments: [
            (GoldenCodec.speech, "encode.codes", "encode.from_codes"), (.attention, "short.codes", "short.z_q"),
        ], Engine.allCases)
    func latentsOfCodesAreTheReferences(_ run: (model: GoldenCodec, codes: String, latents: String), _ engine: Engine)
        throws
    {
        let codec = try run.model.load(engine)
        let codes = try run.model.codes(run.codes)
        var latents = RowBuffer(width: 1)
        var work = QuantizerScratch()
        let frameCount = try codec.checkedFrameCount(of: codes)
        codec.quantizer.decode(codes, frames: 0..<frameCount, into: &latents, &work)
        let expected = try run.model.golden().channelsLast(run.latents)
        #expect(Tolerance.largestDifference(latents.tensor, expected) < 1e-5)
    }

    @Test(arguments: GoldenCodec.allCases, Engine.allCases)
    func decodesWithoutNoiseAsTheReference(_ model: GoldenCodec, _ engine: Engine) throws {
        let codec = try model.load(engine)
        let audio = try codec.decode(model.codes("encode.codes"), noise: NoiseSource.none)
        #expect(audio.sampleRate == codec.outputSampleRate)
        let expected = try model.golden().floats("decode_zero_noise").scalars
        #expect(Tolerance.largestDifference(audio.samples, expected) < 1e-5)
    }

    @Test(arguments: [GoldenCodec.speech, .attention], Engine.allCases)
    func decodesWithRecordedNoiseAsTheReference(_ model: GoldenCodec, _ engine: Engine) throws {
        let codec = try model.load(engine)
        let golden = try model.golden()
        let audio = try codec.decode(model.codes("short.codes"), noise: golden.noise("short.noise", blockCount: 4))
        let expected = try golden.floats("short.decode_with_noise").scalars
        #expect(Tolerance.largestDifference(audio.samples, expected) < 1e-5)
        let silent = try codec.decode(model.codes("short.codes"), noise: NoiseSource.none)
        #expect(Tolerance.largestDifference(silent.samples, expected) > 1e-2)
    }

    @Test(arguments: Engine.allCases) func decodesShortListsAsTheReference(_ engine: Engine) throws {
        let codec = try GoldenCodec.speech.load(engine)
        let golden = try GoldenCodec.speech.golden()
        let short = try codec.decode(GoldenCodec.speech.codes("short.codes"))
        #expect(Tolerance.largestDifference(short.samples, try golden.floats("short.decode_zero_noise").scalars) < 1e-5)
        let long = try codec.decode(GoldenCodec.speech.codes("chunk.codes"))
        #expect(Tolerance.largestDifference(long.samples, try golden.floats("chunk.whole").scalars) < 1e-5)
    }

    /// The audio of the batch run of the language model.
    @Test(arguments: Engine.allCases) func decodesTheAnswerOfTheLanguageModel(_ engine: Engine) throws {
        struct Run: Decodable {
            var snac_codes: [[Int32]]?
        }
        let runs: [String: Run] = try Fixture.json("tiny/gpt_streams.json")
        let codes = try #require(runs["run06"]?.snac_codes)
        let audio = try GoldenCodec.speech.load(engine).decode(codes)
        let expected = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_waves.safetensors"))
        #expect(Tolerance.largestDifference(audio.samples, try expected.floats("run06.wave_zero_noise").scalars) < 1e-5)
    }

    @Test func noSamplesHaveNoCodes() throws {
        for model in GoldenCodec.allCases {
            let codec = try model.load(.blas)
            let nothing = AudioChunk([], sampleRate: codec.outputSampleRate)
            #expect(try codec.encode(nothing) == Array(repeating: [], count: model.codebookCount))
            #expect(try codec.decode([CodeFrame]()).samples == [])
        }
    }

    /// Lengths around a frame and an attention window are filled up to whole ones.
    @Test(arguments: GoldenCodec.allCases) func anyLengthMakesWholeFrames(_ model: GoldenCodec) throws {
        let codec = try model.load(.blas)
        let perFrame = codec.configuration.samplesPerFrame
        let step = codec.configuration.paddedLatentMultiple * codec.configuration.hopLength
        var noise = Noise(seed: 8)
        for count in [1, perFrame - 1, perFrame, perFrame + 1, step - 1, step, step + 1, 3 * step + 7] {
            let audio = AudioChunk(noise.floats(count, scale: 0.5), sampleRate: codec.outputSampleRate)
            let codes = try codec.encode(audio)
            #expect(try codec.checkedFrameCount(of: codes) == (count + step - 1) / step * step / perFrame)
            #expect(try codec.codes(of: codec.frames(of: codes)) == codes)
        }
    }

    /// Encoding works through a recording in blocks; where they lie must not show.
    @Test(arguments: GoldenCodec.allCases, Engine.allCases)
    func encodingDoesNotDependOnWhatFollows(_ model: GoldenCodec, _ engine: Engine) throws {
        let codec = try model.load(engine)
        let (hop, multiple) = (codec.configuration.hopLength, codec.configuration.paddedLatentMultiple)
        var noise = Noise(seed: 9)
        let samples = noise.floats(hop * multiple * (128 / multiple), scale: 0.4)
        let long = try codec.latents(of: AudioChunk(samples, sampleRate: codec.outputSampleRate)).tensor
        let shorter = AudioChunk(
            Array(samples.prefix(hop * multiple * (96 / multiple))), sampleRate: codec.outputSampleRate)
        let short = try codec.latents(of: shorter).tensor
        // The last latents see the end, and with attention their window does; its neighbour sees that through the last
        // convolution.
        let rowCount = 60
        #expect(Tolerance.relativeDifference(short.rows(0..<rowCount), long.rows(0..<rowCount)) < 1e-5)
    }
}
