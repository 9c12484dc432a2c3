import OmniNN
import OmniTensor

/// The perceptron of a block, of the kind that a configuration asks for. Adds its result to what is there.
enum FeedForward: Sendable {
    case plain(PlainFeedForward)
    case gated(GatedFeedForward)
    case mixture(MixtureOfExperts)

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        switch shape.feedForward {
        case .plain:
            self = .plain(try PlainFeedForward(weights, shape, engine: engine, precision: precision))
        case .swiGLU, .geGLU:
            self = .gated(
                try GatedFeedForward(
                    weights, in: shape.width, shape, activation: shape.gateActivation, engine: engine,
                    precision: precision))
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
