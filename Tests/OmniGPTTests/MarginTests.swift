import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Every choice of the golden runs with its logit and its distance to the second best: not only the same token, but by
/// the same margin.
@Suite struct MarginTests {
    struct Noise: Decodable {
        let smallest_effective_margin: Float
    }

    /// The two largest logits.
    private func best(_ logits: Span<Float>) -> (index: Int32, first: Float, second: Float) {
        var result: (index: Int32, first: Float, second: Float) = (0, -.infinity, -.infinity)
        for i in logits.indices {
            if logits[i] > result.first {
                result = (Int32(i), logits[i], result.first)
            } else if logits[i] > result.second {
                result.second = logits[i]
            }
        }
        return result
    }

    /// The positions that each forward pass of the reference read, for each of its rows.
    private func passes(_ run: GoldenRun, _ special: SpecialTokens, _ layout: VocabularyLayout) throws
        -> [[[PositionTokens]]]
    {
        let prompt = try #require(GoldenPrompt.all[run.id])
        let rowCount = prompt.ids[7].count
        let mode = try run.replyMode
        let steps = run.tokens[7].indices.map { step in
            (0..<rowCount).map { row in
                let text = run.tokens[7][step]
                guard mode.speaks, row == 0 else { return [PositionTokens(audio: special.audioPad, text: text)] }
                return [PositionTokens(run.tokens.map { $0[step] })]
            }
        }
        return [(0..<rowCount).map { prompt.positions(row: $0, layout) }] + steps
    }

    @Test(arguments: GoldenRun.all, Engine.allCases)
    func choices(_ run: GoldenRun, engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_margins.safetensors"))
        let noise = try Fixture.json("tiny/gpt_noise.json", as: Noise.self)
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let (top, margins) = try (golden.floats(run.id + ".top1"), golden.floats(run.id + ".margin").scalars)
        let choices = try golden.integers(run.id + ".argmax").scalars
        let largest = top.scalars.reduce(Float(0)) { max($0, abs($1)) }
        #expect(margins.allSatisfy { $0 >= 0 })
        var speech: (features: Tensor<Float>, positions: Range<Int>)?
        if case .speech(let features) = try run.question() {
            speech = (try model.adapt(features), 1..<1 + features.shape[0])
        }
        let passes = try passes(run, SpecialTokens(layout), layout)
        let caches = passes[0].map { _ in model.makeCache() }
        let workspace = model.makeWorkspace()
        let streamCount = top.shape[1]
        for pass in 0..<top.shape[0] {
            model.forward(
                caches.indices.map { row in
                    DecoderSegment(
                        caches[row], passes[pass][row], speech: pass == 0 ? speech : nil, wantsText: true,
                        wantsAudio: true)
                }, workspace)
            for column in 0..<streamCount {
                let isText = column == streamCount - 1
                let found =
                    isText
                    ? workspace.withTextLogits(of: caches.count - 1, best)
                    : workspace.withAudioLogits(of: 0, stream: column, best)
                let place = pass * streamCount + column
                #expect(abs(found.first - top.scalars[place]) < 1e-4 * largest)
                #expect(abs(found.first - found.second - margins[place]) < 2e-4 * largest)
                // After its end the text is not chosen any more, and may be closer than the tokens that are.
                if margins[place] >= noise.smallest_effective_margin {
                    #expect(Int64(found.index) == choices[place])
                }
            }
        }
    }
}
