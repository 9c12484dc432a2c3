/// A weight matrix `[out, in]`, with its bias, in the layout of the engine that packed it. Only that engine can
/// multiply by it.
public protocol PackedMatrix: AnyObject, Sendable {
    /// The width of what comes out: rows of the weight.
    var outputWidth: Int { get }
    /// The width of what goes in: columns of the weight.
    var inputWidth: Int { get }
    /// How precisely the weights are kept.
    var precision: WeightPrecision { get }
    /// Bytes of memory, mapped files included.
    var byteCount: Int { get }
}

/// The packed form of engines that multiply plain row-major floats: the checkpoint's own memory where it is mapped.
final class DenseMatrix: PackedMatrix {
    let weight: Tensor<Float>  // [out, in]
    let bias: Tensor<Float>?  // [out]

    init(weight: Tensor<Float>, bias: Tensor<Float>?) {
        self.weight = weight
        self.bias = bias
    }

    var outputWidth: Int { weight.shape[0] }
    var inputWidth: Int { weight.shape[1] }
    var precision: WeightPrecision { .float32 }
    var byteCount: Int { (weight.shape.elementCount + (bias?.shape.elementCount ?? 0)) * MemoryLayout<Float>.stride }

    /// Checks the shapes and the precision: plain floats are all that a dense matrix can hold.
    convenience init(
        packing weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision, engine: String
    ) throws(ComputeEngineError) {
        guard precision == .float32 else { throw .unsupportedPrecision(precision, engine: engine) }
        precondition(weight.shape.rank == 2, "a packed weight is a matrix, not \(weight.shape)")
        if let bias { precondition(bias.shape == [weight.shape[0]], "a bias \(bias.shape) for \(weight.shape)") }
        self.init(weight: weight, bias: bias)
    }

    func copyRow(_ row: Int, into y: inout MutableSpan<Float>) {
        precondition(row >= 0 && row < outputWidth, "row \(row) of \(outputWidth)")
        precondition(y.count == inputWidth, "\(y.count) elements for a row of \(inputWidth)")
        let weight = weight
        let source = weight.span
        for i in 0..<inputWidth { y[i] = source[row * inputWidth + i] }
    }

    static func require(_ matrix: any PackedMatrix, engine: String) -> DenseMatrix {
        guard let dense = matrix as? DenseMatrix else {
            preconditionFailure("the \(engine) engine cannot multiply by a \(type(of: matrix)) of another engine")
        }
        return dense
    }
}
