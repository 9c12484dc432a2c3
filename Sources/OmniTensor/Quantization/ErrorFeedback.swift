internal import Synchronization

/// Rounds weights to integers so that the *outputs* of a matrix suffer least, given the inputs it has been seen with
/// (Frantar et al., GPTQ, 2022): the error of each column is made up for by the columns that are rounded after it.
/// Columns that matter most come first; scales are chosen by what they cost, not by the largest weight; and in the end
/// sweeps over all blocks move single integers and scales as long as that helps.
package struct ErrorFeedback: Sendable {
    /// `H` with something added to the diagonal, in the order of the columns. `[in, in]`
    let curvature: Tensor<Float>
    /// Columns, that with the largest inputs first.
    let order: [Int]
    /// `U` with `H⁻¹ = Uᵀ · U`, columns in the order of ``order``. `[in, in]`
    let feedback: Tensor<Float>

    /// What is added to the diagonal, in proportion to its mean: little where many rows were seen, more where the
    /// inputs seen are too few to be trusted in every direction.
    private static func damping(rowCount: Int, width: Int) -> Float {
        0.002 + 0.3 * min(1, Float(width) / Float(max(rowCount, 1)))
    }

    /// Prepares for matrices that have been seen with these inputs.
    ///
    /// Inputs that are all zeros tell nothing and make `nil`.
    ///
    /// - Throws: `LinearAlgebraError` for inputs that are not finite.
    package init?(_ statistics: ActivationStatistics) throws(LinearAlgebraError) {
        let width = statistics.width
        var curvature = statistics.mean
        try curvature.requireFinite()
        let diagonal = (0..<width).map { curvature.span[$0 * width + $0] }
        let mean = diagonal.reduce(0, +) / Float(max(width, 1))
        guard mean > 0 else { return nil }
        let added = mean * Self.damping(rowCount: statistics.rowCount, width: width)
        var span = curvature.mutableSpan
        for i in 0..<width { span[i * width + i] += added }
        let order = (0..<width).sorted { diagonal[$0] > diagonal[$1] }
        let inverse = try CholeskyFactorization(Self.permuted(curvature, order)).inverse()
        feedback = try CholeskyFactorization(inverse).lower.transposed()
        self.curvature = curvature
        self.order = order
    }

    private static func permuted(_ matrix: Tensor<Float>, _ order: [Int]) -> Tensor<Float> {
        let width = order.count
        var result = matrix
        let source = matrix.span
        var target = result.mutableSpan
        for (row, i) in order.enumerated() {
            for (column, j) in order.enumerated() { target[row * width + column] = source[i * width + j] }
        }
        return result
    }

    /// Rows that are rounded together.
    private static var rowsPerPiece: Int { 64 }

    /// Rounds `weight` `[out, in]` to the integers of a format.
    ///
    /// - Precondition: an integer format.
    package func round(_ weight: Tensor<Float>, to precision: WeightPrecision) -> QuantizedMatrix {
        guard let grid = IntegerGrid(precision) else { preconditionFailure("\(precision) keeps floats") }
        precondition(weight.shape == [weight.shape[0], order.count], "\(weight.shape) for \(order.count) columns")
        let rowCount = weight.shape[0]
        let pieceCount = (rowCount + Self.rowsPerPiece - 1) / Self.rowsPerPiece
        // Rows have nothing to do with each other.
        let state = Mutex((next: 0, result: QuantizedMatrix(weight.shape, precision: precision)))
        CBLAS.concurrently(workerCount: min(CBLAS.threadCount, pieceCount)) { _ in
            while true {
                let piece = state.withLock { state in
                    defer { state.next += 1 }
                    return state.next
                }
                guard piece < pieceCount else { return }
                let rows = piece * Self.rowsPerPiece..<min((piece + 1) * Self.rowsPerPiece, rowCount)
                var rounding = RowRounding(weight.rows(rows), grid, self)
                rounding.run()
                state.withLock { rounding.store(in: &$0.result, at: rows.lowerBound) }
            }
        }
        return state.withLock { $0.result }
    }
}
