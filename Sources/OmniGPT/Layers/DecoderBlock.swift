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
        layer: Int, precision: DecoderPrecision
    ) throws {
        attentionNorm = try DecoderNorm(weights.scope("norm_1"), shape, engine: engine)
        attention = try SelfAttention(
            weights.scope("attn"), shape, rotary: rotary, engine: engine, precision: precision.attention)
        mlpNorm =
            shape.sharesAttentionNorm ? nil : try DecoderNorm(weights.scope("norm_2"), shape, engine: engine)
        mlp = try FeedForward(
            weights.scope("mlp"), shape, engine: engine, precision: precision.feedForward(layer: layer),
            outputPrecision: precision.feedForwardOutput(layer: layer))
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

extension DecoderBlock {
    /// Forwards those rows of `x` `[N, D]` through the block that logits come from, the last of each sequence that
    /// wants some. The keys and values of all rows are cached; the other rows stay as they were. For the last block,
    /// after which they have no use.
    func forwardLastRows(
        _ x: inout RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        _ scratch: inout BlockScratch
    ) {
        normalise(x, attentionNorm, into: &scratch.normalised)
        copyLastRows(x, segments, into: &scratch.kept)
        if isParallel || mlpNorm == nil { copyLastRows(scratch.normalised, segments, into: &scratch.parallel) }
        if isParallel, let mlpNorm { normalise(scratch.kept, mlpNorm, into: &scratch.parallel) }
        attention.forwardLastRows(
            scratch.normalised, segments, layer: layer, angles: angles, addingTo: &scratch.kept, qkv: &scratch.qkv,
            result: &scratch.gathered)
        guard !scratch.kept.isEmpty else { return }
        if !isParallel, let mlpNorm { normalise(scratch.kept, mlpNorm, into: &scratch.parallel) }
        add(mlp, of: scratch.parallel, to: &scratch.kept, &scratch.feedForward)
        replaceLastRows(of: &x, segments, by: scratch.kept)
    }

    private func add(
        _ mlp: FeedForward, of x: RowBuffer, to y: inout RowBuffer, _ scratch: inout FeedForwardScratch
    ) {
        var rows = y.mutableSpan
        mlp(x, addingTo: &rows, &scratch)
    }

    private func copyLastRows(_ x: RowBuffer, _ segments: [DecoderSegment], into kept: inout RowBuffer) {
        kept.reshape(rowCount: 0, width: x.width)
        var end = 0
        for segment in segments {
            end += segment.count
            guard segment.wantsLogits else { continue }
            kept.append(x.span.extracting((end - 1) * x.width..<end * x.width))
        }
    }

    private func replaceLastRows(of x: inout RowBuffer, _ segments: [DecoderSegment], by kept: RowBuffer) {
        let width = x.width
        let source = kept.span
        var target = x.mutableSpan
        var (end, row) = (0, 0)
        for segment in segments {
            end += segment.count
            guard segment.wantsLogits else { continue }
            for i in 0..<width { target[(end - 1) * width + i] = source[row * width + i] }
            row += 1
        }
    }
}

extension DecoderSegment {
    /// Whether anything is chosen after it.
    var wantsLogits: Bool { wantsText || wantsAudio }
}

/// The norm that a configuration asks for.
enum DecoderNorm: Sendable {
    case layer(LayerNorm)
    case rms(RMSNorm)

    init(_ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine) throws {
        switch shape.norm {
        case .layer:
            self = .layer(try LayerNorm(weights, width: shape.width, epsilon: shape.normEpsilon, engine: engine))
        case .rms:
            self = .rms(
                try RMSNorm(
                    weights, width: shape.width, epsilon: shape.normEpsilon, addingUnitOffset: shape.addsUnitOffset,
                    engine: engine))
        }
    }

    /// Dense rows in, dense rows out.
    func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        switch self {
        case .layer(let norm): norm(x, into: &y)
        case .rms(let norm): norm(x, into: &y)
        }
    }
}
