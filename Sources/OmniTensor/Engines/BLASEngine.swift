/// Products by the platform's BLAS: OpenBLAS on Linux, Accelerate on Apple. Weights stay plain floats; those of a
/// mapped checkpoint are multiplied where they lie.
public struct BLASEngine: ComputeEngine {
    public var name: String { "blas" }

    /// - Parameter threadCount: threads for one product, `nil` for the library's own choice. OpenBLAS keeps one such
    ///   number for the whole process; the engine made last decides. Accelerate chooses for itself.
    public init(threadCount: Int? = nil) {
        if let threadCount {
            precondition(threadCount > 0, "\(threadCount) threads")
            CBLAS.setThreadCount(threadCount)
        }
    }

    public func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix {
        try DenseMatrix(packing: weight, bias: bias, precision: precision, engine: name)
    }

    public func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>) {
        DenseMatrix.require(weight, engine: name).copyRow(row, into: &y)
    }

    public func multiply(
        _ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>
    ) {
        let matrix = DenseMatrix.require(weight, engine: name)
        let (inputWidth, outputWidth) = (matrix.inputWidth, matrix.outputWidth)
        x.requireRows(ofWidth: inputWidth)
        precondition(
            y.count == x.rowCount * outputWidth, "\(y.count) elements for \(x.rowCount) rows of \(outputWidth)")
        guard !y.isEmpty else { return }
        if let bias = matrix.bias { Self.spread(bias.span, accumulating: accumulating, over: &y) }
        let sums = accumulating || matrix.bias != nil
        // BLAS wants at least a row's width between rows. Windows that overlap are taken in rounds of every n-th row,
        // which do not.
        let roundCount = min(x.rowCount, x.rowStride == 0 ? x.rowCount : (inputWidth + x.rowStride - 1) / x.rowStride)
        let weights = matrix.weight
        unsafe weights.span.withUnsafeBufferPointer { w in
            unsafe x.elements.withUnsafeBufferPointer { x0 in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    guard let w = w.baseAddress, let x0 = x0.baseAddress, let y = y.baseAddress else { return }
                    for round in 0..<roundCount {
                        let rowCount = (x.rowCount - round + roundCount - 1) / roundCount
                        let (source, target) = unsafe (x0 + round * x.rowStride, y + round * outputWidth)
                        if rowCount == 1 {
                            unsafe CBLAS.multiplyVector(
                                m: outputWidth, k: inputWidth, w, source, accumulating: sums, target)
                        } else {
                            unsafe CBLAS.multiply(
                                m: rowCount, n: outputWidth, k: inputWidth, alpha: 1,
                                StridedMatrix(base: source, rowStride: roundCount * x.rowStride),
                                StridedMatrix(base: w, rowStride: inputWidth), transposingB: true, beta: sums ? 1 : 0,
                                target, rowStride: roundCount * outputWidth)
                        }
                    }
                }
            }
        }
    }

    private static func spread(_ bias: Span<Float>, accumulating: Bool, over y: inout MutableSpan<Float>) {
        let width = bias.count
        for row in stride(from: 0, to: y.count, by: width) {
            if accumulating {
                for i in 0..<width { y[row + i] += bias[i] }
            } else {
                for i in 0..<width { y[row + i] = bias[i] }
            }
        }
    }
}

extension ComputeEngine where Self == BLASEngine {
    /// The platform's BLAS with its own choice of threads.
    public static var blas: BLASEngine { BLASEngine() }
}
