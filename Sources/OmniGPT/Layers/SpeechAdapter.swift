import OmniNN
import OmniTensor

/// Makes speech features as wide as embeddings.
enum SpeechAdapter: Sendable {
    case linear(Linear)  // [D, F]
    case gated(GatedFeedForward)

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        switch shape.adapter {
        case .linear:
            self = .linear(
                try Linear(
                    weights, in: shape.featureWidth, out: shape.width, engine: engine, precision: precision))
        case .swiGLU:
            self = .gated(
                try GatedFeedForward(
                    weights, in: shape.featureWidth, shape, activation: .silu, engine: engine, precision: precision))
        }
    }

    /// `features` `[L, F]` in, `y` `[L, D]` out.
    func callAsFunction(
        _ features: Span<Float>, into y: inout MutableSpan<Float>, _ scratch: inout FeedForwardScratch
    ) {
        switch self {
        case .linear(let layer): layer(features, into: &y)
        case .gated(let layer):
            layer(features, accumulating: false, into: &y, gates: &scratch.gates, values: &scratch.values)
        }
    }
}
