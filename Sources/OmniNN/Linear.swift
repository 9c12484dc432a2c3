package import OmniTensor

/// `y[N, out] = x[N, in] · Wᵀ + b`.
package struct Linear: Sendable {
    package let weight: any PackedMatrix  // [out, in]
    private let engine: any ComputeEngine

    /// Reads `weight` `[out, in]` and, where the layer has one, `bias` `[out]`.
    package init(
        _ weights: WeightScope, in inputWidth: Int, out outputWidth: Int, bias hasBias: Bool = true,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let bias = hasBias ? try weights.tensor("bias", [outputWidth]) : nil
        try self.init(
            weight: weights.tensor("weight", [outputWidth, inputWidth]), bias: bias, engine: engine,
            precision: precision)
    }

    /// Packs tensors that are already at hand.
    package init(
        weight: Tensor<Float>, bias: Tensor<Float>?, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        self.weight = try engine.pack(weight, bias: bias, precision: precision)
        self.engine = engine
    }

    package var inputWidth: Int { weight.inputWidth }
    package var outputWidth: Int { weight.outputWidth }

    /// Dense rows in, dense rows out.
    package func callAsFunction(
        _ x: Span<Float>, accumulating: Bool = false, into y: inout MutableSpan<Float>
    ) {
        engine.multiply(RowView(x, width: inputWidth), by: weight, accumulating: accumulating, into: &y)
    }

    /// Dense rows in, a new tensor `[N, out]` out.
    package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        var y = Tensor<Float>(zeros: [x.shape.elementCount / inputWidth, outputWidth])
        var span = y.mutableSpan
        self(x.span, into: &span)
        return y
    }
}
