import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// What a generation leaves out changes no token: each saving against the plain computation of everything.
@Suite struct SavingTests {
    /// Batch mode without any saving, step by step as the reference has it: two prompts read in full, both rows fed to
    /// the end, all logits of both computed.
    private func plainBatch(
        _ model: OmniGPT, _ features: Tensor<Float>, stepCount: Int, options: GenerationOptions
    ) throws -> [[Int32]] {
        let special = try SpecialTokens(model.configuration.vocabulary)
        let heard = try model.adapt(features)
        let workspace = model.makeWorkspace()
        let caches = [model.makeCache(), model.makeCache()]
        let prompts = [ReplyMode.speechToSpeech, .speechToText].map {
            Prompt(featureCount: heard.shape[0], mode: $0, special)
        }
        func read(_ inputs: [[PositionTokens]], hears: Bool) {
            model.forward(
                inputs.indices.map { row in
                    DecoderSegment(
                        caches[row], inputs[row], speech: hears ? (heard, prompts[row].featurePositions) : nil,
                        wantsText: true, wantsAudio: true)
                }, workspace)
        }
        read(prompts.map(\.positions), hears: true)
        var sampler = try Sampler(options)
        var chosen = [[Int32]](repeating: [], count: 8)
        var textIsOver = false
        for _ in 0..<stepCount {
            var tokens = PositionTokens(audio: 0, text: special.textPad)
            for stream in 0..<7 {
                tokens[audio: stream] = workspace.withAudioLogits(of: 0, stream: stream) { sampler.choose($0) }
            }
            if !textIsOver { tokens.text = workspace.withTextLogits(of: 1) { sampler.choose($0) } }
            if tokens[audio: 6] == special.audioEnd { break }
            if tokens.text == special.textEnd { textIsOver = true }
            for stream in 0..<7 { chosen[stream].append(tokens[audio: stream]) }
            chosen[7].append(tokens.text)
            read([[tokens], [PositionTokens(audio: special.audioPad, text: tokens.text)]], hears: false)
        }
        return chosen
    }

    /// Greedy and drawn, on clips whose text ends early and on those whose does not.
    @Test(arguments: ["q_name_16k", "q_short_16k", "q_name_24k", "stereo_44k"], Engine.allCases)
    func batchMode(clip: String, engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let features = try GoldenModel.features(clip)
        for options in [
            GenerationOptions(maximumStepCount: 48),
            GenerationOptions(topK: 3, temperature: 0.7, maximumStepCount: 48, seed: 11),
        ] {
            let generation = try model.makeGeneration(
                answering: .speech(features), mode: .speechToSpeechBatch, options: options)
            while generation.next() != nil {}
            #expect(
                try generation.chosenTokens == plainBatch(model, features, stepCount: 48, options: options))
        }
    }

    /// The last block forwards only the rows that logits come from; position by position, with all logits wanted, it
    /// forwards every row. The logits are the same, and so is what the caches hold for the next position.
    @Test(arguments: Engine.allCases) func theLastBlockOfAPrompt(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let tokens: [[Int32]] = [[3, 1, 4, 1, 5, 9, 2], [6], [2, 7, 1, 8], [2, 8]]
        let prompts = tokens.map { $0.map { PositionTokens(audio: $0, text: $0 + 1) } }
        let wants: [(text: Bool, audio: Bool)] = [(true, true), (true, false), (false, false), (false, true)]
        func logits(byPosition: Bool) -> [[Float]] {
            let workspace = model.makeWorkspace()
            let caches = prompts.map { _ in model.makeCache() }
            var result: [[Float]] = []
            for inputs in [prompts, prompts.map { Array($0.suffix(1)) }] {
                if byPosition {
                    for index in inputs.indices {
                        for position in inputs[index].dropLast() {
                            model.forward(
                                [DecoderSegment(caches[index], [position], wantsText: true, wantsAudio: true)],
                                workspace)
                        }
                    }
                }
                let last = byPosition ? inputs.map { Array($0.suffix(1)) } : inputs
                let segments = last.indices.map { index in
                    DecoderSegment(
                        caches[index], last[index], wantsText: byPosition || wants[index].text,
                        wantsAudio: byPosition || wants[index].audio)
                }
                model.forward(segments, workspace)
                for index in inputs.indices where wants[index].text {
                    workspace.withTextLogits(of: index) { logits in result.append(logits.indices.map { logits[$0] }) }
                }
                for index in inputs.indices where wants[index].audio {
                    workspace.withAudioLogits(of: index, stream: 6) { logits in
                        result.append(logits.indices.map { logits[$0] })
                    }
                }
            }
            return result
        }
        for (found, expected) in zip(logits(byPosition: false), logits(byPosition: true)) {
            let scale = expected.reduce(Float(0)) { max($0, abs($1)) }
            #expect(Tolerance.largestDifference(found, expected) < 1e-5 * scale)
        }
    }

    /// Heads that share keys and values against the same model with a copy for each head, which remembers as much more.
    @Test(arguments: Engine.allCases) func sharedKeysAndValues(engine: Engine) throws {
        let model = try GoldenModel.load(engine)
        let expanded = try expandedModel(engine)
        #expect(model.configuration.groupCount < model.configuration.headCount)
        #expect(expanded.configuration.groupCount == model.configuration.headCount)
        let features = try GoldenModel.features("q_name_16k")
        let tokens = try [model, expanded].map { model in
            let generation = try model.makeGeneration(
                answering: .speech(features), mode: .speechToSpeechBatch,
                options: GenerationOptions(maximumStepCount: 24))
            while generation.next() != nil {}
            return generation.chosenTokens
        }
        #expect(tokens[0] == tokens[1] && !tokens[0][0].isEmpty)
    }

    /// The golden model with the keys and values of each group repeated for each of its heads.
    private func expandedModel(_ engine: Engine) throws -> OmniGPT {
        let checkpoint = try Checkpoint(contentsOf: Fixture.url("tiny/checkpoint/lit_model.pth"))
        var shape = try OmniGPT.Configuration.load(from: Fixture.url("tiny/checkpoint/model_config.yaml"))
        let queriesPerGroup = shape.headCount / shape.groupCount
        let heads = (0..<shape.headCount).flatMap { head in
            let group = head / queriesPerGroup * (queriesPerGroup + 2)
            return [
                group + head % queriesPerGroup, group + queriesPerGroup, group + queriesPerGroup + 1,
            ]
        }
        var tensors: [String: Tensor<Float>] = [:]
        for name in checkpoint.entries.keys {
            let tensor = try checkpoint.floats(name)
            let isProjection = name.contains(".attn.") && !name.contains(".proj.")
            tensors[name] = isProjection ? repeated(tensor, heads: heads, headWidth: shape.headWidth) : tensor
        }
        shape.groupCount = shape.headCount
        return try OmniGPT(WeightScope(InMemoryTensors(tensors)), configuration: shape, engine: engine.value)
    }

    private func repeated(_ tensor: Tensor<Float>, heads: [Int], headWidth: Int) -> Tensor<Float> {
        let rows = heads.map { tensor.rows($0 * headWidth..<($0 + 1) * headWidth) }
        let extents = [heads.count * headWidth] + (0..<tensor.shape.rank).dropFirst().map { tensor.shape[$0] }
        return Tensor(rows.flatMap(\.scalars), shape: Shape(extents))
    }

    /// The goldens cover text that ends before the audio; otherwise nothing above would have let the second row go.
    @Test func aTextEndsBeforeItsSound() throws {
        let generation = try GoldenModel.load(.blas).makeGeneration(
            answering: .speech(GoldenModel.features("q_name_16k")), mode: .speechToSpeechBatch,
            options: GenerationOptions(maximumStepCount: 48))
        while generation.next() != nil {}
        #expect(generation.textHasEnded)
    }
}
