import OmniNN
import OmniTensor
import Synchronization

/// One pre-norm transformer block: attention over all positions, then a perceptron, each added to what came in.
struct EncoderBlock: Sendable {
    private let attention: AttentionLayers
    private let mlp: Perceptron
    private let headCount: Int
    private let headWidth: Int
    private let precision: WeightPrecision
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, names: WhisperNames, configuration: WhisperEncoder.Configuration,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let layers = BlockLayers(weights: weights, width: configuration.width, engine: engine, precision: precision)
        attention = try layers.selfAttention(names)
        mlp = try layers.perceptron(names, hiddenWidth: configuration.mlpWidth)
        headCount = configuration.headCount
        headWidth = configuration.headWidth
        self.precision = precision
        self.engine = engine
    }

    /// Rows that go through the perceptron at once: half a context, so that the hidden values take half the memory.
    static var mlpRowCount: Int { 768 }

    /// Forwards ``EncoderScratch/positions`` through the block. Rows after the first `keptCount` are still attended to
    /// but not computed: they stay as they were.
    func callAsFunction(keeping keptCount: Int, _ scratch: inout EncoderScratch) {
        attend(
            from: scratch.positions, keeping: keptCount, queries: &scratch.queries, keys: &scratch.keys,
            values: &scratch.values, into: &scratch.mixed)
        finish(&scratch.positions, keeping: keptCount, mixed: &scratch.mixed, hidden: &scratch.hidden)
    }

    /// Leaves what the heads gathered for the kept positions in `mixed`.
    private func attend(
        from positions: Tensor<Float>, keeping keptCount: Int, queries: inout Tensor<Float>,
        keys: inout Tensor<Float>, values: inout Tensor<Float>, into mixed: inout Tensor<Float>
    ) {
        let kept = 0..<keptCount * headCount * headWidth
        var mixed = mixed.mutableSpan
        attention.norm(positions.span, into: &mixed)
        var queries = queries.mutableSpan
        var asked = queries.part(kept)
        attention.query(mixed.span.extracting(kept), into: &asked)
        var keys = keys.mutableSpan
        attention.key(mixed.span, into: &keys)
        var values = values.mutableSpan
        attention.value(mixed.span, into: &values)
        var geometry = AttentionGeometry.dense(
            queryCount: keptCount, keyCount: positions.shape[0], headCount: headCount, headWidth: headWidth)
        geometry.precision = precision
        // The normalised positions have done their work: the result takes their place.
        var result = mixed.part(kept)
        engine.attend(asked.span, keys: keys.span, values: values.span, geometry, into: &result)
    }

    /// Adds what attention left in `mixed`, then the perceptron.
    private func finish(
        _ positions: inout Tensor<Float>, keeping keptCount: Int, mixed: inout Tensor<Float>,
        hidden: inout Tensor<Float>
    ) {
        let width = headCount * headWidth
        var positions = positions.mutableSpan
        var mixed = mixed.mutableSpan
        var hidden = hidden.mutableSpan
        var kept = positions.part(0..<keptCount * width)
        var normalised = mixed.part(0..<keptCount * width)
        attention.out(normalised.span, accumulating: true, into: &kept)
        mlp.norm(kept.span, into: &normalised)
        for start in stride(from: 0, to: keptCount, by: Self.mlpRowCount) {
            let end = min(start + Self.mlpRowCount, keptCount)
            var inner = hidden.part(0..<(end - start) * mlp.expand.outputWidth)
            mlp.expand(normalised.span.extracting(start * width..<end * width), into: &inner)
            engine.activate(&inner, .gelu)
            var target = kept.part(start * width..<end * width)
            mlp.contract(inner.span, accumulating: true, into: &target)
        }
    }
}

/// The working memory of one call: made once, used by every block. What it holds at first does not matter.
struct EncoderScratch: Sendable {
    /// What the blocks carry. `[T, D]`
    var positions: Tensor<Float>
    /// Normalised positions, then what attention makes of them. `[T, D]`
    var mixed: Tensor<Float>
    var queries: Tensor<Float>  // [T, D]
    var keys: Tensor<Float>  // [T, D]
    var values: Tensor<Float>  // [T, D]
    /// A few rows inside the perceptron, `[≤ 768, 4D]`; before the blocks those between the convolutions of the stem,
    /// `[2T + 2, D]`.
    var hidden: Tensor<Float>

    init(_ configuration: WhisperEncoder.Configuration, positionCount: Int) {
        let shape: Shape = [positionCount, configuration.width]
        positions = Tensor(zeros: shape)
        mixed = Tensor(zeros: shape)
        queries = Tensor(zeros: shape)
        keys = Tensor(zeros: shape)
        values = Tensor(zeros: shape)
        let frameCount = positionCount * WhisperAudio.framesPerPosition
        hidden = Tensor(
            zeros: [
                max(
                    min(EncoderBlock.mlpRowCount, positionCount) * configuration.mlpWidth,
                    (frameCount + 2) * configuration.width)
            ])
    }

    /// Positions that it is made for.
    var positionCount: Int { positions.shape[0] }
}

/// Working memory that a call leaves to the next, which then neither asks the system for pages nor clears them. Of
/// several calls at the same time one takes it; the others make their own.
final class KeptScratch: Sendable {
    private let kept = Mutex<EncoderScratch?>(nil)

    func take() -> EncoderScratch? {
        kept.withLock { scratch in
            defer { scratch = nil }
            return scratch
        }
    }

    func keep(_ scratch: EncoderScratch) { kept.withLock { $0 = scratch } }
}
