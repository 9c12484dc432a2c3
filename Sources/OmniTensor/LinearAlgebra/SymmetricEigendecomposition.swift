/// A symmetric matrix `A` `[n, n]` as `Vᵀ · diag(λ) · V`.
package struct SymmetricEigendecomposition: Sendable {
    /// The eigenvalues `[n]`, ascending.
    package let values: Tensor<Float>
    /// The eigenvectors `[n, n]`, one per row, orthonormal, in the order of ``values``.
    package let vectors: Tensor<Float>

    /// Decomposes a matrix, of which only the lower triangle is read.
    ///
    /// - Precondition: the matrix is square.
    /// - Throws: ``LinearAlgebraError/didNotConverge`` or ``LinearAlgebraError/elementNotFinite(index:)``.
    package init(_ matrix: Tensor<Float>) throws(LinearAlgebraError) {
        let n = requireSquare(matrix)
        try matrix.requireFinite()
        var (values, vectors) = (Tensor<Float>(zeros: [n]), matrix)
        if n > 0 {
            // The lower triangle by rows is the upper one by columns, and columns of vectors come back as rows.
            let info = unsafe vectors.withPointer { a in
                unsafe values.withPointer { unsafe LAPACK.syevd(n: n, a, $0) }
            }
            precondition(info >= 0, "argument \(-info) of syevd")
            guard info == 0 else { throw .didNotConverge }
        }
        (self.values, self.vectors) = (values, vectors)
    }
}
