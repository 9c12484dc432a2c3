/// A symmetric positive definite matrix `A` `[n, n]` as `L · Lᵀ`: the cheap way to invert it.
package struct CholeskyFactorization: Sendable {
    /// The factor `L` `[n, n]`; zeros above the diagonal.
    package let lower: Tensor<Float>

    /// Factors a matrix, of which only the lower triangle is read.
    ///
    /// - Precondition: the matrix is square.
    /// - Throws: ``LinearAlgebraError/notPositiveDefinite(pivot:)`` or ``LinearAlgebraError/elementNotFinite(index:)``.
    package init(_ matrix: Tensor<Float>) throws(LinearAlgebraError) {
        let n = requireSquare(matrix)
        try matrix.requireFinite()
        var factor = matrix
        if n > 0 {
            // The lower triangle by rows is the upper one by columns.
            let info = unsafe factor.withPointer { unsafe LAPACK.potrf(n: n, $0) }
            precondition(info >= 0, "argument \(-info) of potrf")
            guard info == 0 else { throw .notPositiveDefinite(pivot: info - 1) }
            var span = factor.mutableSpan
            for row in 0..<n {
                for column in row + 1..<max(n, row + 1) { span[row * n + column] = 0 }
            }
        }
        lower = factor
    }

    /// The inverse of `A` `[n, n]`, exactly symmetric.
    package func inverse() -> Tensor<Float> {
        let n = lower.shape[0]
        guard n > 0 else { return lower }
        var inverse = lower
        let info = unsafe inverse.withPointer { unsafe LAPACK.potri(n: n, $0) }
        // A factor has a positive diagonal, so that nothing can go wrong.
        precondition(info == 0, "potri gives \(info)")
        var span = inverse.mutableSpan
        for row in 0..<n {
            for column in 0..<row { span[column * n + row] = span[row * n + column] }
        }
        return inverse
    }
}

/// The order of a square matrix.
func requireSquare(_ matrix: Tensor<Float>) -> Int {
    precondition(matrix.shape.rank == 2 && matrix.shape[0] == matrix.shape[1], "\(matrix.shape) is not square")
    return matrix.shape[0]
}
