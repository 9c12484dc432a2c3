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
        let wanted = WantedMatrix("weight", [outputWidth, inputWidth], bias: hasBias)
        try self.init(weights, wanted, engine: engine, precision: precision) { weights in
            (
                try weights.tensor("weight", [outputWidth, inputWidth]),
                hasBias ? try weights.tensor("bias", [outputWidth]) : nil
            )
        }
    }

    /// Makes the matrix from tensors of the scope, unless its file has it packed.
    package init(
        _ weights: WeightScope, _ wanted: WantedMatrix, engine: any ComputeEngine, precision: WeightPrecision,
        make: (WeightScope) throws -> MatrixParameters
    ) throws {
        weight = try weights.matrix(wanted, engine: engine, precision: precision, make: make)
        self.engine = engine
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
