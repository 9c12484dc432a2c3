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
