import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Every kind of decoder that a configuration can ask for.
@Suite struct GoldenVariantTests {
    static let names: [String] = {
        let folder = Fixture.url("tiny/gpt_variants")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.contains(".") }.sorted()
    }()

    @Test func variantsAreThere() { #expect(Self.names.count == 18) }

    @Test(arguments: names, Engine.allCases)
    func logits(name: String, engine: Engine) throws {
        let folder = "tiny/gpt_variants/\(name)/"
        let model = try OmniGPT.load(
            weights: Fixture.url(folder + "lit_model.pth"), configuration: Fixture.url(folder + "model_config.yaml"),
            engine: engine.value)
        let golden = try Checkpoint(contentsOf: Fixture.url(folder + "golden.safetensors"))
        let layout = model.configuration.vocabulary
        let prompt = try GoldenIDs(golden, "prompt_ids")
        let rowCount = 2
        let features = try golden.floats("audio_features")
        let adapted = try golden.floats("adapter")
        var heard: Tensor<Float>?
        for row in 0..<rowCount {
            let rows = features.rows(row..<row + 1).reshaped(to: [features.shape[1], features.shape[2]])
            let found = try model.adapt(rows)
            #expect(Tolerance.relativeDifference(found, adapted.rows(row..<row + 1)) < 1e-4)
            heard = heard ?? found
        }
        let positions = (0..<rowCount).map { prompt.positions(row: $0, layout) }
        try Self.checkPrefixes(model, golden, positions)
        try Self.checkSteps(model, golden, positions, firstRowHears: #require(heard))
    }

    /// All positions without a cache: ours is a pass over each prefix.
    private static func checkPrefixes(
        _ model: OmniGPT, _ golden: Checkpoint, _ positions: [[PositionTokens]]
    ) throws {
        let text = try golden.floats("nocache.text")
        let audio = try golden.floats("nocache.audio")
        let (length, textCount, audioCount) = (text.shape[1], text.shape[2], audio.shape[3])
        for end in 0..<length {
            let segments = positions.indices.map { row in
                DecoderSegment(
                    model.makeCache(), Array(positions[row][...end]), wantsText: true, wantsAudio: true)
            }
            let logits = LogitReader(model, segments)
            let expectedText = positions.indices.flatMap { row in
                text.scalars[(row * length + end) * textCount..<(row * length + end + 1) * textCount]
            }
            let expectedAudio = (0..<7).flatMap { stream in
                positions.indices.flatMap { row in
                    let start = ((stream * positions.count + row) * length + end) * audioCount
                    return audio.scalars[start..<start + audioCount]
                }
            }
            #expect(Tolerance.relativeDifference(logits.text, Tensor(expectedText, shape: logits.text.shape)) < 1e-4)
            #expect(
                Tolerance.relativeDifference(logits.audio, Tensor(expectedAudio, shape: logits.audio.shape)) < 1e-4)
        }
    }

    /// The prompt at once, then single positions. The first row hears the features, the second is a written question.
    private static func checkSteps(
        _ model: OmniGPT, _ golden: Checkpoint, _ positions: [[PositionTokens]],
        firstRowHears features: Tensor<Float>
    ) throws {
        let text = try golden.floats("cached.text")
        let audio = try golden.floats("cached.audio")
        let steps = try golden.integers("step_ids")
        let caches = positions.map { _ in model.makeCache() }
        for step in 0..<text.shape[0] {
            let segments = positions.indices.map { row in
                guard step > 0 else {
                    return DecoderSegment(
                        caches[row], positions[row],
                        speech: row == 0 ? (features, 1..<1 + features.shape[0]) : nil, wantsText: true,
                        wantsAudio: true)
                }
                let ids = (0..<8).map { stream in
                    [Int32(steps.scalars[((step - 1) * 8 + stream) * positions.count + row])]
                }
                return DecoderSegment(
                    caches[row], PositionTokens.unshifted(ids, model.configuration.vocabulary), wantsText: true,
                    wantsAudio: true)
            }
            let logits = LogitReader(model, segments)
            #expect(Tolerance.relativeDifference(logits.text, text.rows(step..<step + 1)) < 1e-4)
            #expect(Tolerance.relativeDifference(logits.audio, audio.rows(step..<step + 1)) < 1e-4)
        }
    }
}
