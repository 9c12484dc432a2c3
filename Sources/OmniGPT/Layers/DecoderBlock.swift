import OmniNN
import OmniTensor

/// One block: attention and a perceptron, one after the other or side by side, each added to what came in.
struct DecoderBlock: Sendable {
    let attentionNorm: DecoderNorm
    let attention: SelfAttention
    /// `nil` where both read through ``attentionNorm``.
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

    /// Carries `x` `[N, D]` through the block.
    func callAsFunction(
        _ x: inout RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        _ scratch: inout BlockScratch, observe: OmniGPT.Observer?
    ) {
        normalise(x, attentionNorm, into: &scratch.normalised)
        observe?(.attentionNorm(layer), scratch.normalised.span)
        // Side by side, both read what came in: the perceptron's norm comes before attention adds its part.
        if isParallel, let mlpNorm { normalise(x, mlpNorm, into: &scratch.parallel) }
        var target = x.mutableSpan
        attention(
            scratch.normalised, segments, layer: layer, angles: angles, addingTo: &target, qkv: &scratch.qkv,
            result: &scratch.gathered)
        observe?(.attention(layer), target.span)
        if isParallel {
            let read = mlpNorm == nil ? scratch.normalised : scratch.parallel
            mlp(read, addingTo: &target, &scratch.feedForward)
        } else {
            if let mlpNorm { normalise(x, mlpNorm, into: &scratch.normalised) }
            var target = x.mutableSpan
            mlp(scratch.normalised, addingTo: &target, &scratch.feedForward)
        }
        observe?(.block(layer), x.span)
    }

    func normalise(_ x: RowBuffer, _ norm: DecoderNorm, into y: inout RowBuffer) {
        y.reshape(rowCount: x.rowCount, width: x.width)
        var span = y.mutableSpan
        norm(x.span, into: &span)
    }
}
