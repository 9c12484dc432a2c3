import OmniNN
import OmniTensor

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
