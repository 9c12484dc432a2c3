/// Plain scalar Swift, sums in double precision: the oracle that every other engine is compared to. Slow on purpose.
public struct ReferenceEngine: ComputeEngine {
    public var name: String { "reference" }

    /// There is nothing to set up.
    public init() {}

    public func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix {
        try DenseMatrix(packing: weight, bias: bias, precision: precision, engine: name)
    }

    public func multiply(
        _ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>
    ) {
        let matrix = DenseMatrix.require(weight, engine: name)
        let (inputWidth, outputWidth) = (matrix.inputWidth, matrix.outputWidth)
        x.requireRows(ofWidth: inputWidth)
        precondition(
            y.count == x.rowCount * outputWidth, "\(y.count) elements for \(x.rowCount) rows of \(outputWidth)")
        let weights = matrix.weight
        let w = weights.span
        for row in 0..<x.rowCount {
            for output in 0..<outputWidth {
                var sum = 0.0
                for i in 0..<inputWidth {
                    sum += Double(x.elements[row * x.rowStride + i]) * Double(w[output * inputWidth + i])
                }
                if let bias = matrix.bias { sum += Double(bias.span[output]) }
                let target = row * outputWidth + output
                y[target] = accumulating ? Float(Double(y[target]) + sum) : Float(sum)
            }
        }
    }

    /// Yes: it takes them one by one.
    public func multipliesRowsAlike(_ precision: WeightPrecision) -> Bool { true }

    public func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>) {
        DenseMatrix.require(weight, engine: name).copyRow(row, into: &y)
    }
}

extension ComputeEngine where Self == ReferenceEngine {
    /// The scalar oracle.
    public static var reference: ReferenceEngine { ReferenceEngine() }
}
