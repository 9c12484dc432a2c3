import OmniNN
import OmniTensor

/// `proj(gelu(fc x))`: the perceptron of GPT-NeoX.
struct PlainFeedForward: Sendable {
    private let fc: Linear  // [M, D]
    private let proj: Linear  // [D, M]
    private let activation: Activation
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        fc = try Linear(
            weights.scope("fc"), in: shape.width, out: shape.mlpWidth, bias: shape.hasBias, engine: engine,
            precision: precision)
        proj = try Linear(
            weights.scope("proj"), in: shape.mlpWidth, out: shape.width, bias: shape.hasBias, engine: engine,
            precision: precision)
        activation = shape.gelu
        self.engine = engine
    }

    func callAsFunction(_ x: Span<Float>, addingTo y: inout MutableSpan<Float>, hidden: inout RowBuffer) {
        hidden.reshape(rowCount: x.count / fc.inputWidth, width: fc.outputWidth)
        var hidden = hidden.mutableSpan
        fc(x, into: &hidden)
        engine.activate(&hidden, activation)
        proj(hidden.span, accumulating: true, into: &y)
    }
}
