import OmniNN
import OmniTensor

/// One block: attention and a perceptron, one after the other or side by side, each added to what came in.
struct DecoderBlock: Sendable {
    let attentionNorm: DecoderNorm
    let attention: SelfAttention
    /// `nil` where both share ``attentionNorm``.
    let mlpNorm: DecoderNorm?
    let mlp: FeedForward
    let isParallel: Bool

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, rotary: RotaryEmbedding, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        attentionNorm = try DecoderNorm(weights.scope("norm_1"), shape, engine: engine)
        attention = try SelfAttention(
            weights.scope("attn"), shape, rotary: rotary, engine: engine, precision: precision)
        mlpNorm =
            shape.sharesAttentionNorm ? nil : try DecoderNorm(weights.scope("norm_2"), shape, engine: engine)
        mlp = try FeedForward(weights.scope("mlp"), shape, engine: engine, precision: precision)
        isParallel = shape.hasParallelResidual
    }

    /// Forwards `x` `[N, D]` through the block.
    func callAsFunction(
        _ x: inout RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        _ scratch: inout BlockScratch
    ) {
        normalise(x, attentionNorm, into: &scratch.normalised)
        // Side by side, both take what came in: the perceptron's norm comes before attention adds its part.
        if isParallel, let mlpNorm { normalise(x, mlpNorm, into: &scratch.parallel) }
        var target = x.mutableSpan
        attention(
            scratch.normalised, segments, layer: layer, angles: angles, addingTo: &target, qkv: &scratch.qkv,
            result: &scratch.gathered)
        if isParallel {
            let input = mlpNorm == nil ? scratch.normalised : scratch.parallel
            mlp(input, addingTo: &target, &scratch.feedForward)
        } else {
            if let mlpNorm { normalise(x, mlpNorm, into: &scratch.normalised) }
            var target = x.mutableSpan
            mlp(scratch.normalised, addingTo: &target, &scratch.feedForward)
        }
    }

    func normalise(_ x: RowBuffer, _ norm: DecoderNorm, into y: inout RowBuffer) {
        y.reshape(rowCount: x.rowCount, width: x.width)
        var span = y.mutableSpan
        norm(x.span, into: &span)
    }
}
