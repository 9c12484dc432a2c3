import OmniNN
import OmniTensor

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
