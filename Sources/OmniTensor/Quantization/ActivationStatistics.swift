/// How the inputs of a matrix go together: `H = Σ x · xᵀ / n` over rows `x`. With it the mean square of what a
/// matrix makes of its inputs is known for every matrix `M` `[out, in]`: `Σ ‖M · x‖² / n = tr(M · H · Mᵀ)`.
package struct ActivationStatistics: Sendable {
    /// `n · H` `[in, in]`; only its lower triangle is kept.
    private var lower: Tensor<Float>
    /// Rows that are not in the sum yet: many small products would take longer than one.
    private var pending: RowBuffer
    /// Rows seen.
    package private(set) var rowCount = 0

    private static var pendingLimit: Int { 256 }

    package init(width: Int) {
        lower = Tensor(zeros: [width, width])
        pending = RowBuffer(width: width)
    }

    /// Columns of the matrix.
    package var width: Int { lower.shape[0] }

    /// Adds rows of ``width`` elements.
    package mutating func add(_ rows: Span<Float>) {
        rowCount += rows.count / width
        pending.append(rows)
        if pending.rowCount >= Self.pendingLimit { flush() }
    }

    private mutating func flush() {
        guard !pending.isEmpty else { return }
        let (width, rows) = (width, pending)
        unsafe lower.withPointer { sums in
            unsafe rows.span.withUnsafeBufferPointer { rows in
                guard let base = rows.baseAddress else { return }
                unsafe CBLAS.addSquares(of: base, rowCount: rows.count / width, width: width, to: sums)
            }
        }
        pending.removeLast(pending.rowCount)
    }

    /// `H`, both triangles.
    package var mean: Tensor<Float> {
        var whole = self
        whole.flush()
        let (width, scale) = (width, 1 / Float(max(rowCount, 1)))
        var full = whole.lower
        var span = full.mutableSpan
        for row in 0..<width {
            for column in 0...row {
                span[row * width + column] *= scale
                span[column * width + row] = span[row * width + column]
            }
        }
        return full
    }

    /// The error of the outputs of `rounded` `[out, in]`, squared, in proportion to the square of those of `exact`.
    package func relativeError(of rounded: Tensor<Float>, from exact: Tensor<Float>) -> Double {
        let mean = mean
        var difference = exact
        let other = rounded.span
        var span = difference.mutableSpan
        for i in span.indices { span[i] -= other[i] }
        let square = mean.meanSquare(through: exact)
        return square > 0 ? mean.meanSquare(through: difference) / square : 0
    }
}

extension Tensor<Float> {
    /// `tr(M · H · Mᵀ)` of this `H` `[in, in]` and `M` `[out, in]`.
    fileprivate func meanSquare(through matrix: Tensor<Float>) -> Double {
        let product = quadratic(times: matrix)
        let (a, b) = (product.span, matrix.span)
        var sum = 0.0
        for i in a.indices { sum += Double(a[i]) * Double(b[i]) }
        return Swift.max(sum, 0)
    }
}
