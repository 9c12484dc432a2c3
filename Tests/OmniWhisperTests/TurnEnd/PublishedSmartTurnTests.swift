import Foundation
import OmniCore
import OmniTensor
import OmniWhisper
import TestSupport
import Testing

/// The published file, which is not in the repository: `OMNI_SMART_TURN` names a folder with `smart-turn-v3.2-cpu.onnx`
/// and the `clips.json` that `Tests/Fixtures/smart_turn/published.py` makes.
private let folder = ProcessInfo.processInfo.environment["OMNI_SMART_TURN"]

@Suite(.enabled(if: folder != nil), .serialized) struct PublishedSmartTurnTests {
    struct Clip: Decodable {
        var recording: String
        /// Samples of the recording, and of silence behind them.
        var end, silence: Int
        var probability: Float

        func samples() throws -> [Float] {
            let audio = try Fixture.audio(at: URL(filePath: recording))
            return Array(audio.samples.prefix(end)) + [Float](repeating: 0, count: silence)
        }
    }

    private static func clips() throws -> [Clip] {
        let url = URL(filePath: folder ?? "").appending(path: "clips.json")
        return try JSONDecoder().decode([Clip].self, from: Data(contentsOf: url))
    }

    private static func load(_ precision: WeightPrecision, _ engine: any ComputeEngine) throws -> SmartTurn {
        try SmartTurn.load(
            from: URL(filePath: folder ?? "").appending(path: "smart-turn-v3.2-cpu.onnx"), engine: engine,
            precision: precision)
    }

    @Test(arguments: [Engine.blas, .native]) func equalsOnnxruntime(_ engine: Engine) throws {
        let model = try Self.load(.float32, engine.value)
        #expect(model.maximumSampleCount == 128_000)
        let clips = try Self.clips()
        #expect(clips.count >= 50)
        var largest: Float = 0
        for clip in clips {
            let found = try model.probability(clip.samples())
            largest = max(largest, abs(found - clip.probability))
        }
        print("\(engine): \(clips.count) clips, largest difference \(largest)")
        #expect(largest < 1e-3)
    }

    /// How much keeping matrices with 8 bits changes, and how long a decision takes.
    @Test(arguments: [WeightPrecision.float32, .bfloat16, .int8])
    func decidesAlikeInEachPrecision(_ precision: WeightPrecision) throws {
        let engine = Engine.native.value
        let model = try Self.load(precision, engine)
        let clips = try Self.clips()
        var (largest, flips) = (Float(0), 0)
        var durations: [Duration] = []
        for clip in clips {
            let samples = try clip.samples()
            var found: Float = 0
            durations.append(try ContinuousClock().measure { found = try model.probability(samples) })
            largest = max(largest, abs(found - clip.probability))
            if (found > 0.5) != (clip.probability > 0.5) { flips += 1 }
        }
        durations.sort()
        print(
            "\(Engine.native) \(precision): largest difference \(largest), \(flips) of \(clips.count) decided"
                + " otherwise, median \(durations[durations.count / 2]), fastest \(durations[0])")
        #expect(flips <= clips.count / 20)
    }
}
