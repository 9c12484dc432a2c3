import Foundation
import OmniCore
import OmniTesting
import OmniVAD
import TestSupport
import Testing

/// Networks of both versions with random weights, against what onnxruntime computes.
@Suite struct SyntheticNetworkTests {
    struct Run: Decodable {
        var sampleRate, window, sampleCount: Int
        var probabilities, hidden, cell: [Float]
    }

    /// Files and the runs of them in `golden.json`.
    static let files = [("v4.onnx", "v4"), ("v5.onnx", "v5"), ("v5_16k.safetensors", "v5")]

    /// The recording that the runs heard: 8 kHz is every other sample.
    static func audio(_ run: Run) throws -> AudioChunk {
        let samples = try Fixture.audio("vad/vad_20s_16k.wav").samples
        let step = 16_000 / run.sampleRate
        return AudioChunk((0..<run.sampleCount).map { samples[$0 * step] }, sampleRate: run.sampleRate)
    }

    @Test(arguments: files, Engine.allCases)
    func equalsOnnxruntime(_ file: (name: String, golden: String), _ engine: Engine) throws {
        let golden: [String: [Run]] = try Fixture.json("vad/synthetic/golden.json")
        let runs = try #require(golden[file.golden]).filter { file.name.hasSuffix("onnx") || $0.sampleRate == 16_000 }
        #expect(!runs.isEmpty)
        for run in runs {
            let model = try SileroVAD.load(
                from: Fixture.url("vad/synthetic/\(file.name)"), sampleRate: run.sampleRate,
                windowSampleCount: run.window, engine: engine.value)
            #expect(model.version == (file.golden == "v4" ? .v4 : .v5))
            let audio = try Self.audio(run)
            let found = try model.probabilities(of: audio)
            #expect(
                Tolerance.largestDifference(found, run.probabilities) < 1e-5, "\(run.sampleRate) Hz, \(run.window)")
            var state = model.makeState()
            for start in stride(from: 0, to: audio.samples.count, by: run.window) {
                let window = audio.samples[start..<min(start + run.window, audio.samples.count)]
                let full = Array(window) + [Float](repeating: 0, count: run.window - window.count)
                _ = model.speechProbability(in: full.span, state: &state)
            }
            #expect(Tolerance.largestDifference(state.hidden, run.hidden) < 1e-4)
            // Cells grow without bound, so their differences are relative.
            let largest = run.cell.reduce(1) { max($0, abs($1)) }
            #expect(Tolerance.largestDifference(state.cell, run.cell) < 1e-4 * largest)
        }
    }

    @Test func aCopiedStateIsAListeningOfItsOwn() throws {
        let model = try SileroVAD.load(from: Fixture.url("vad/synthetic/v5.onnx"))
        var noise = Noise(seed: 1)
        let (first, second, third) = (noise.floats(512, scale: 0.3), noise.floats(512), noise.floats(512))
        var state = model.makeState()
        _ = model.speechProbability(in: first.span, state: &state)
        var copy = state
        let expected = model.speechProbability(in: second.span, state: &state)
        _ = model.speechProbability(in: third.span, state: &state)
        let found = model.speechProbability(in: second.span, state: &copy)
        #expect(found == expected)
    }

    @Test func thePublishedDefaultsAreChosen() throws {
        let four = try SileroVAD.load(from: Fixture.url("vad/synthetic/v4.onnx"))
        #expect((four.sampleRate, four.windowSampleCount) == (16_000, 1024))
        let low = try SileroVAD.load(from: Fixture.url("vad/synthetic/v4.onnx"), sampleRate: 8000)
        #expect((low.sampleRate, low.windowSampleCount) == (8000, 512))
        let five = try SileroVAD.load(from: Fixture.url("vad/synthetic/v5.onnx"), sampleRate: 8000)
        #expect((five.sampleRate, five.windowSampleCount) == (8000, 256))
    }
}
