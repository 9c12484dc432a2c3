import OmniCore
import OmniNN
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniGPT

/// Logits and inner values of the small golden model: 1e-4 of the largest.
@Suite struct GoldenLogitTests {
    static let tolerance: Float = 1e-4

    @Test(arguments: GoldenRun.all, Engine.allCases)
    func prefill(_ run: GoldenRun, engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_prefill_logits.safetensors"))
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let prompt = try #require(GoldenPrompt.all[run.id])
        let rowCount = prompt.ids[7].count
        var speech: (features: Tensor<Float>, positions: Range<Int>)?
        if case .speech(let features) = try run.question() {
            speech = (try model.adapt(features), 1..<1 + features.shape[0])
        }
        let segments = (0..<rowCount).map { row in
            DecoderSegment(
                model.makeCache(), prompt.positions(row: row, layout), speech: speech, wantsText: true,
                wantsAudio: true)
        }
        let logits = LogitReader(model, segments)
        #expect(
            Tolerance.relativeDifference(logits.text, try golden.floats(run.id + ".text")) < Self.tolerance)
        #expect(
            Tolerance.relativeDifference(logits.audio, try golden.floats(run.id + ".audio")) < Self.tolerance)
    }

    /// Given tokens, 16 steps, one and two rows.
    @Test(arguments: ["audio_b2", "text_b1"], Engine.allCases)
    func teacherForced(name: String, engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_teacher_forced.safetensors"))
        let model = try GoldenModel.load(engine)
        let layout = model.configuration.vocabulary
        let prompt = try GoldenIDs(golden, name + ".prompt_ids")
        let steps = try golden.integers(name + ".step_ids")
        let rowCount = steps.shape[2]
        let text = try golden.floats(name + ".text_logits")
        let audio = try golden.floats(name + ".audio_logits")
        let speech = name == "audio_b2" ? try model.adapt(GoldenModel.features("q_short_16k")) : nil
        let caches = (0..<rowCount).map { _ in model.makeCache() }
        for step in 0...16 {
            let segments = (0..<rowCount).map { row in
                let positions =
                    step == 0
                    ? prompt.positions(row: row, layout)
                    : PositionTokens.unshifted(
                        (0..<8).map { [Int32(steps.scalars[((step - 1) * 8 + $0) * rowCount + row])] }, layout)
                return DecoderSegment(
                    caches[row], positions,
                    speech: step == 0 ? speech.map { ($0, 1..<1 + $0.shape[0]) } : nil, wantsText: true,
                    wantsAudio: true)
            }
            let logits = LogitReader(model, segments)
            #expect(Tolerance.relativeDifference(logits.text, text.rows(step..<step + 1)) < Self.tolerance)
            #expect(Tolerance.relativeDifference(logits.audio, audio.rows(step..<step + 1)) < Self.tolerance)
        }
    }

    /// Every position of a pass without a cache: ours is a pass over each prefix.
    @Test(arguments: Engine.allCases)
    func withoutCache(engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_teacher_forced.safetensors"))
        let model = try GoldenModel.load(engine)
        let positions = try GoldenIDs(golden, "nocache.prompt_ids").positions(row: 0, model.configuration.vocabulary)
        let text = try golden.floats("nocache.text_logits")
        let audio = try golden.floats("nocache.audio_logits").scalars
        for end in positions.indices {
            let segment = DecoderSegment(
                model.makeCache(), Array(positions[...end]), wantsText: true, wantsAudio: true)
            let logits = LogitReader(model, [segment])
            #expect(Tolerance.relativeDifference(logits.text, text.rows(end..<end + 1)) < Self.tolerance)
            let expected = (0..<7).flatMap { stream in
                let start = (stream * positions.count + end) * 128
                return audio[start..<start + 128]
            }
            #expect(
                Tolerance.relativeDifference(logits.audio, Tensor(expected, shape: [7, 1, 128])) < Self.tolerance)
        }
    }

    @Test(arguments: Engine.allCases)
    func hiddenValues(engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_hidden.safetensors"))
        let model = try GoldenModel.load(engine)
        let positions = try GoldenIDs(golden, "ids").positions(row: 0, model.configuration.vocabulary)
        let workspace = model.makeWorkspace()
        let segments = [DecoderSegment(model.makeCache(), positions, wantsText: true, wantsAudio: true)]
        func check(_ found: Span<Float>, _ name: String) throws {
            let expected = try golden.floats(name)
            let found = Tensor(found.indices.map { found[$0] }, shape: [found.count])
            #expect(Tolerance.relativeDifference(found, expected) < Self.tolerance, "\(name)")
        }
        var pass = DecoderPass(model, segments, workspace)
        try check(workspace.scratch.x.span, "embedding")
        for (layer, block) in model.blocks.enumerated() {
            // The parts of the block, beside the pass and with a cache of their own.
            let besides = [DecoderSegment(model.makeCache(), positions, wantsText: true, wantsAudio: true)]
            let (input, angles) = (workspace.scratch.x, workspace.scratch.angles)
            var scratch = BlockScratch()
            block.normalise(input, block.attentionNorm, into: &scratch.normalised)
            try check(scratch.normalised.span, "block\(layer).norm_1")
            var added = Tensor<Float>(zeros: [positions.count, model.configuration.width])
            var target = added.mutableSpan
            block.attention(
                scratch.normalised, besides, layer: layer, angles: angles, addingTo: &target, qkv: &scratch.qkv,
                result: &scratch.gathered)
            try check(added.span, "block\(layer).attn_out")
            // All rows, where a pass forwards only those of the last block that logits come from.
            var output = input
            block(&output, besides, layer: layer, angles: angles, &scratch)
            try check(output.span, "block\(layer).out")
            #expect(pass.advance(model, workspace) == (layer < model.blocks.count - 1))
        }
        // The head needs the last position only.
        let expected = try golden.floats("ln_f").scalars.suffix(64)
        let normalised = workspace.text.inputs
        let found = Tensor((0..<64).map { normalised.span[$0] }, shape: [64])
        #expect(Tolerance.relativeDifference(found, Tensor(expected, shape: [64])) < Self.tolerance)
    }

    @Test(arguments: ["q_name_16k", "q_name_24k", "q_short_16k", "q_weather_16k", "stereo_44k"], Engine.allCases)
    func adapter(clip: String, engine: Engine) throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/whisper.safetensors")).floats(clip + ".adapter")
        let adapted = try GoldenModel.load(engine).adapt(GoldenModel.features(clip))
        #expect(Tolerance.relativeDifference(adapted, golden) < Self.tolerance)
    }

    @Test func rotaryAngles() throws {
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_hidden.safetensors"))
        let (cosines, sines) = try (golden.floats("rope_cos_first8"), golden.floats("rope_sin_first8"))
        let rotary = try GoldenModel.load(.reference).rotary
        for position in 0..<8 {
            var cosine = Tensor<Float>(zeros: [8])
            var sine = Tensor<Float>(zeros: [8])
            var cosineSpan = cosine.mutableSpan
            var sineSpan = sine.mutableSpan
            rotary.angles(at: position, cosines: &cosineSpan, sines: &sineSpan)
            // The reference repeats them for the second half of a head.
            let row = position * 16..<position * 16 + 8
            #expect(Tolerance.largestDifference(cosine.scalars, Array(cosines.scalars[row])) < 1e-7)
            #expect(Tolerance.largestDifference(sine.scalars, Array(sines.scalars[row])) < 1e-7)
        }
    }
}
