import OmniNN
import OmniTensor

/// The perceptron of a block, of the kind that a configuration asks for. Adds its result to what is there.
enum FeedForward: Sendable {
    case plain(PlainFeedForward)
    case gated(GatedFeedForward)
    case mixture(MixtureOfExperts)

    /// - Parameter outputPrecision: that of the matrix that makes the result; experts have `precision` throughout.
    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision,
        outputPrecision: WeightPrecision
    ) throws {
        switch shape.feedForward {
        case .plain:
            self = .plain(
                try PlainFeedForward(
                    weights, shape, engine: engine, precision: precision, outputPrecision: outputPrecision))
        case .swiGLU, .geGLU:
            self = .gated(
                try GatedFeedForward(
                    weights, in: shape.width, shape, activation: shape.gateActivation, engine: engine,
                    precision: precision, outputPrecision: outputPrecision))
        case .mixtureOfExperts:
            self = .mixture(try MixtureOfExperts(weights, shape, engine: engine, precision: precision))
        }
    }

    /// Rows that are computed at once, so that the hidden values of a long prompt take little memory.
    private static var rowCount: Int { 256 }

    /// `rows`, `y` `[N, D]`.
    func callAsFunction(_ rows: RowBuffer, addingTo y: inout MutableSpan<Float>, _ scratch: inout FeedForwardScratch) {
        let x = rows.span
        for start in stride(from: 0, to: rows.rowCount, by: Self.rowCount) {
            let place = start * rows.width..<min(start + Self.rowCount, rows.rowCount) * rows.width
            var part = y.part(place)
            add(x.extracting(place), to: &part, &scratch)
        }
    }

    private func add(_ x: Span<Float>, to y: inout MutableSpan<Float>, _ scratch: inout FeedForwardScratch) {
        switch self {
        case .plain(let layer): layer(x, addingTo: &y, hidden: &scratch.values)
        case .gated(let layer):
            layer(x, accumulating: true, into: &y, gates: &scratch.gates, values: &scratch.values)
        case .mixture(let layer):
            layer(x, addingTo: &y, gates: &scratch.gates, values: &scratch.values, scores: &scratch.scores)
        }
    }
}

/// Hidden values, kept from call to call.
struct FeedForwardScratch: Sendable {
    var gates = RowBuffer(width: 1)
    var values = RowBuffer(width: 1)
    var scores = RowBuffer(width: 1)
}

extension OmniGPT.Configuration {
    var gelu: Activation { usesTanhGELU ? .geluTanh : .gelu }
    /// What opens the gate of a gated perceptron.
    var gateActivation: Activation { feedForward == .geGLU ? gelu : .silu }
}

/// `proj(activation(fc_1 x) · fc_2 x)`: the perceptron of LLaMA and Gemma, and the adapter of Mini-Omni.
struct GatedFeedForward: Sendable {
    private let gate: Linear  // [M, in]
    private let value: Linear  // [M, in]
    private let proj: Linear  // [D, M]
    private let activation: Activation
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, in inputWidth: Int, _ shape: OmniGPT.Configuration, activation: Activation,
        engine: any ComputeEngine, precision: WeightPrecision, outputPrecision: WeightPrecision? = nil
    ) throws {
        func linear(
            _ name: String, in input: Int, out output: Int, precision: WeightPrecision
        ) throws -> Linear {
            try Linear(
                weights.scope(name), in: input, out: output, bias: shape.hasBias, engine: engine,
                precision: precision)
        }
        gate = try linear("fc_1", in: inputWidth, out: shape.mlpWidth, precision: precision)
        value = try linear("fc_2", in: inputWidth, out: shape.mlpWidth, precision: precision)
        proj = try linear("proj", in: shape.mlpWidth, out: shape.width, precision: outputPrecision ?? precision)
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

/// `proj(gelu(fc x))`: the perceptron of GPT-NeoX.
struct PlainFeedForward: Sendable {
    private let fc: Linear  // [M, D]
    private let proj: Linear  // [D, M]
    private let activation: Activation
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision,
        outputPrecision: WeightPrecision
    ) throws {
        fc = try Linear(
            weights.scope("fc"), in: shape.width, out: shape.mlpWidth, bias: shape.hasBias, engine: engine,
            precision: precision)
        proj = try Linear(
            weights.scope("proj"), in: shape.mlpWidth, out: shape.width, bias: shape.hasBias, engine: engine,
            precision: outputPrecision)
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
