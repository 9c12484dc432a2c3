/// A function applied to each element.
public enum Activation: Sendable, Hashable {
    /// `x · Φ(x)` by the error function, as PyTorch's `gelu`.
    case gelu
    /// The hyperbolic-tangent form of gelu.
    case geluTanh
    /// `x · sigmoid(x)`.
    case silu
    /// `max(x, 0)`.
    case relu
    /// `1 / (1 + e⁻ˣ)`.
    case sigmoid
    /// The hyperbolic tangent.
    case tanh

    /// The function at one point, in plain scalar arithmetic.
    @inlinable
    public func callAsFunction(_ x: Float) -> Float {
        switch self {
        case .gelu: 0.5 * x * (1 + ScalarMath.erf(x * 0.707_106_77))
        case .geluTanh: 0.5 * x * (1 + ScalarMath.tanh(0.797_884_6 * (x + 0.044_715 * x * x * x)))
        case .silu: x / (1 + ScalarMath.exp(-x))
        case .relu: max(x, 0)
        case .sigmoid: 1 / (1 + ScalarMath.exp(-x))
        case .tanh: ScalarMath.tanh(x)
        }
    }
}
