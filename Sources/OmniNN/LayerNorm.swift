package import OmniTensor

/// `(x − mean) / √(variance + ε) · weight + bias` over the last dimension.
package struct LayerNorm: Sendable {
    private let weight: Tensor<Float>  // [D]
    private let bias: Tensor<Float>  // [D]
    private let epsilon: Float
    private let engine: any ComputeEngine

    /// Reads `weight` `[D]` and `bias` `[D]`; a layer stored without bias has a bias of zeros.
    package init(
        _ weights: WeightScope, width: Int, epsilon: Float, bias hasBias: Bool = true, engine: any ComputeEngine
    ) throws(CheckpointError) {
        weight = try weights.tensor("weight", [width])
        bias = hasBias ? try weights.tensor("bias", [width]) : Tensor(zeros: [width])
        self.epsilon = epsilon
        self.engine = engine
    }

    /// Dense rows in, dense rows out.
    package func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        engine.normalizeLayer(x, weight: weight.span, bias: bias.span, epsilon: epsilon, into: &y)
    }
}
