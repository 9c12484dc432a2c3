import OmniNN
import OmniTensor

/// `proj(activation(fc_1 x) · fc_2 x)`: the perceptron of LLaMA and Gemma, and the adapter of Mini-Omni.
struct GatedFeedForward: Sendable {
    private let gate: Linear  // [M, in]
    private let value: Linear  // [M, in]
    private let proj: Linear  // [D, M]
    private let activation: Activation
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, in inputWidth: Int, _ shape: OmniGPT.Configuration, activation: Activation,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        func linear(_ name: String, in input: Int, out output: Int) throws -> Linear {
            try Linear(
                weights.scope(name), in: input, out: output, bias: shape.hasBias, engine: engine,
                precision: precision)
        }
        gate = try linear("fc_1", in: inputWidth, out: shape.mlpWidth)
        value = try linear("fc_2", in: inputWidth, out: shape.mlpWidth)
        proj = try linear("proj", in: shape.mlpWidth, out: shape.width)
        self.activation = activation
        self.engine = engine
    }

    func callAsFunction(
        _ x: Span<Float>, accumulating: Bool, into y: inout MutableSpan<Float>, gates: inout RowBuffer,
        values: inout RowBuffer
    ) {
        let rowCount = x.count / gate.inputWidth
        gates.reshape(rowCount: rowCount, width: gate.outputWidth)
        values.reshape(rowCount: rowCount, width: value.outputWidth)
        var hidden = gates.mutableSpan
        gate(x, into: &hidden)
        var values = values.mutableSpan
        value(x, into: &values)
        engine.gate(&hidden, with: values.span, activation)
        proj(hidden.span, accumulating: accumulating, into: &y)
    }
}
