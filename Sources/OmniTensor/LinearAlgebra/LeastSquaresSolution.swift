/// The `X` that makes `‖A · X − B‖` least, column by column; of several such, the one of least norm.
package struct LeastSquaresSolution: Sendable {
    /// `X` `[n]` or `[n, count]`, as the right sides were given.
    package let solution: Tensor<Float>
    /// The number of columns of `A` that do not depend on each other.
    package let rank: Int
    /// The singular values of `A`, descending.
    package let singularValues: Tensor<Float>

    /// Solves by the singular values of `A`.
    ///
    /// - Parameters:
    ///   - matrix: `A` `[m, n]`.
    ///   - right: `B` `[m]`, or several right sides as the columns of `[m, count]`.
    ///   - tolerance: singular values below this part of the largest count as zero. The default is what rounding may
    ///     make of a zero.
    ///   - allowsRankDeficiency: whether columns may depend on each other.
    /// - Throws: ``LinearAlgebraError/rankDeficient(rank:columnCount:)`` unless that is allowed,
    ///   ``LinearAlgebraError/didNotConverge`` or ``LinearAlgebraError/elementNotFinite(index:)``.
    package init(
        _ matrix: Tensor<Float>, _ right: Tensor<Float>, tolerance: Float? = nil, allowsRankDeficiency: Bool = false
    ) throws(LinearAlgebraError) {
        precondition(
            matrix.shape.rank == 2 && (1...2).contains(right.shape.rank) && matrix.shape[0] == right.shape[0],
            "\(right.shape) for a matrix of \(matrix.shape)")
        try matrix.requireFinite()
        try right.requireFinite()
        let (m, n) = (matrix.shape[0], matrix.shape[1])
        let count = right.shape.rank == 1 ? 1 : right.shape[1]
        var singularValues = Tensor<Float>(zeros: [min(m, n)])
        var (rank, solution) = (0, Tensor<Float>(zeros: [count, n]))
        if m > 0, n > 0, count > 0 {
            var work = matrix.transposed()
            let sides = right.reshaped(to: [m, count])
            let rowCount = max(m, n)
            var columns = Tensor<Float>(zeros: [count, rowCount])
            do {
                let source = sides.span
                var target = columns.mutableSpan
                for row in 0..<m {
                    for column in 0..<count { target[column * rowCount + row] = source[row * count + column] }
                }
            }
            let limit = tolerance ?? Float(rowCount) * .ulpOfOne
            let (info, found) = unsafe work.withPointer { a in
                unsafe columns.withPointer { b in
                    unsafe singularValues.withPointer { s in
                        unsafe LAPACK.gelsd(m: m, n: n, count: count, a, b, s, tolerance: limit)
                    }
                }
            }
            precondition(info >= 0, "argument \(-info) of gelsd")
            guard info == 0 else { throw .didNotConverge }
            rank = found
            let source = columns.span
            var target = solution.mutableSpan
            for column in 0..<count {
                for row in 0..<n { target[column * n + row] = source[column * rowCount + row] }
            }
        }
        guard rank == n || allowsRankDeficiency || count == 0 else {
            throw .rankDeficient(rank: rank, columnCount: n)
        }
        self.rank = rank
        self.singularValues = singularValues
        self.solution = right.shape.rank == 1 ? solution.reshaped(to: [n]) : solution.transposed()
    }
}
