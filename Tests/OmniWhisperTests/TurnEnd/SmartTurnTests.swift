import Foundation
import OmniCore
import OmniTensor
import OmniWhisper
import TestSupport
import Testing

/// Small networks of the published layout with random weights, against what onnxruntime computes without the
/// quantisation of activations.
@Suite struct SmartTurnTests {
    struct Clip: Decodable {
        var start, end: Int
        var probability: Float
    }

    static func clips(_ file: String) throws -> [Clip] {
        let golden: [String: [Clip]] = try Fixture.json("smart_turn/golden.json")
        return try #require(golden[file])
    }

    /// The largest difference of probabilities over all clips.
    private func largestDifference(_ file: String, _ model: SmartTurn) throws -> Float {
        let samples = try Fixture.audio("vad/vad_20s_16k.wav").samples
        let clips = try Self.clips(file)
        #expect(clips.count >= 50)
        #expect(clips.contains { $0.probability > 0.5 } && clips.contains { $0.probability < 0.5 })
        return try clips.reduce(0) { largest, clip in
            let found = try model.probability(Array(samples[clip.start..<clip.end]))
            return max(largest, abs(found - clip.probability))
        }
    }

    @Test(arguments: ["int8", "float"], Engine.allCases)
    func equalsOnnxruntime(_ file: String, _ engine: Engine) throws {
        let model = try SmartTurn.load(from: Fixture.url("smart_turn/\(file).onnx"), engine: engine.value)
        #expect((model.sampleRate, model.maximumSampleCount) == (16_000, 32_000))
        #expect(try largestDifference(file, model) < 1e-3)
    }

    /// Each kept precision changes probabilities, and by no more than it may.
    @Test func keepsMatricesAsPreciselyAsAsked() throws {
        let url = Fixture.url("smart_turn/int8.onnx")
        let engine = Engine.native.value
        let half = try largestDifference("int8", SmartTurn.load(from: url, engine: engine, precision: .bfloat16))
        let eight = try largestDifference("int8", SmartTurn.load(from: url, engine: engine, precision: .int8))
        #expect(half > 1e-5 && half < 0.1)
        #expect(eight > 1e-5 && eight < 0.2)
    }

    /// An engine whose results do not depend on how many threads are free.
    private func load() throws -> SmartTurn {
        try SmartTurn.load(from: Fixture.url("smart_turn/int8.onnx"), engine: Engine.native.value)
    }

    @Test func looksAtTheLastSamplesOnly() throws {
        let model = try load()
        let samples = try Fixture.audio("vad/vad_20s_16k.wav").samples
        let whole = try model.probability(samples)
        #expect(try whole == model.probability(Array(samples.suffix(32_000))))
        // What is missing in front is silence.
        let short = Array(samples[40_000..<56_000])
        let padded = [Float](repeating: 0, count: 16_000) + short
        #expect(try model.probability(short) == model.probability(padded))
    }

    @Test func audioWithoutAnySamplesIsSilence() throws {
        let model = try load()
        let silence = try model.probability([Float](repeating: 0, count: 32_000))
        #expect(try model.probability([Float]()) == silence)
        #expect((0...1).contains(silence))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func refusesSamplesThatAreNotFinite(_ value: Float) throws {
        let model = try SmartTurn.load(from: Fixture.url("smart_turn/int8.onnx"))
        var samples = [Float](repeating: 0.1, count: 40_000)
        // Before the last two seconds it does not matter.
        samples[7_999] = value
        _ = try model.probability(samples)
        samples[8_000] = value
        let error = #expect(throws: AudioInputError.notFinite(sampleIndex: 8000)) { try model.probability(samples) }
        #expect(error?.description == "sample 8000 is not a finite number")
    }

    /// Samples whose squares overflow are either scaled away or refused.
    @Test func survivesLoudSamples() throws {
        let model = try SmartTurn.load(from: Fixture.url("smart_turn/int8.onnx"))
        for value: Float in [3e38, -3e38, 1e20] {
            var samples = [Float](repeating: value, count: 32_000)
            samples[16_000] = -value
            do {
                #expect(try (0...1).contains(model.probability(samples)))
            } catch let error as AudioInputError {
                #expect(error == .tooLoud(sampleIndices: 0..<32_000))
            }
        }
    }
}
