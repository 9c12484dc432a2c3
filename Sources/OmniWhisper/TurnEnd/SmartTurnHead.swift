import OmniNN
import OmniTensor

/// Makes one row of all positions: their mean, weighted by the softmax of what a small perceptron says of each.
struct AttentionPooling: Sendable {
    private let hidden: Linear  // [A, D]
    private let score: Linear  // [1, A]
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, width: Int, hiddenWidth: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        hidden = try Linear(
            weights.scope(0), in: width, out: hiddenWidth, engine: engine, precision: precision)
        // One row: nothing is gained by rounding it.
        score = try Linear(weights.scope(2), in: hiddenWidth, out: 1, engine: engine, precision: .float32)
        self.engine = engine
    }

    /// `positions` `[T, D]` to `[1, D]`.
    func callAsFunction(_ positions: Tensor<Float>) -> Tensor<Float> {
        var inner = hidden(positions)
        var innerSpan = inner.mutableSpan
        engine.activate(&innerSpan, .tanh)
        var shares = score(inner)
        var shareSpan = shares.mutableSpan
        engine.softmax(&shareSpan, width: shareSpan.count)
        let width = positions.shape[1]
        var pooled = Tensor<Float>(zeros: [1, width])
        var sum = pooled.mutableSpan
        let rows = positions.span
        for position in 0..<positions.shape[0] {
            let share = shareSpan[position]
            for column in 0..<width { sum[column] += share * rows[position * width + column] }
        }
        return pooled
    }
}

/// The probability of one pooled row: a layer with norm and gelu, one with gelu, and a sigmoid.
struct TurnClassifier: Sendable {
    private let first: Linear  // [A, D]
    private let norm: LayerNorm  // [A]
    private let second: Linear  // [B, A]
    private let last: Linear  // [1, B]
    private let engine: any ComputeEngine

    /// The matrices see one row a decision, so that they stay floats.
    init(
        _ weights: WeightScope, width: Int, hiddenWidths: (first: Int, second: Int), engine: any ComputeEngine
    ) throws {
        first = try Linear(weights.scope(0), in: width, out: hiddenWidths.first, engine: engine, precision: .float32)
        norm = try LayerNorm(
            weights.scope(1), width: hiddenWidths.first, epsilon: WhisperEncoder.normEpsilon, engine: engine)
        second = try Linear(
            weights.scope(4), in: hiddenWidths.first, out: hiddenWidths.second, engine: engine, precision: .float32)
        last = try Linear(weights.scope(6), in: hiddenWidths.second, out: 1, engine: engine, precision: .float32)
        self.engine = engine
    }

    /// `pooled` `[1, D]`.
    func callAsFunction(_ pooled: Tensor<Float>) -> Float {
        let projected = first(pooled)
        var normalised = Tensor<Float>(zeros: projected.shape)
        var span = normalised.mutableSpan
        norm(projected.span, into: &span)
        engine.activate(&span, .gelu)
        var inner = second(normalised)
        var innerSpan = inner.mutableSpan
        engine.activate(&innerSpan, .gelu)
        return Activation.sigmoid(last(inner).span[0])
    }
}
