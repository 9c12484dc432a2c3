package import OmniTensor

/// `x / √(mean(x²) + ε) · weight` over the last dimension.
package struct RMSNorm: Sendable {
    private let weight: Tensor<Float>  // [D]
    private let epsilon: Float
    private let engine: any ComputeEngine

    /// Reads `weight` `[D]`. Gemma stores `weight − 1`: `addingUnitOffset` adds the one once, here.
    package init(
        _ weights: WeightScope, width: Int, epsilon: Float, addingUnitOffset: Bool = false, engine: any ComputeEngine
    ) throws(CheckpointError) {
        var weight = try weights.tensor("weight", [width])
        if addingUnitOffset {
            var span = weight.mutableSpan
            for i in span.indices { span[i] += 1 }
        }
        self.weight = weight
        self.epsilon = epsilon
        self.engine = engine
    }

    /// Dense rows in, dense rows out.
    package func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        engine.normalizeRMS(x, weight: weight.span, epsilon: epsilon, into: &y)
    }
}
