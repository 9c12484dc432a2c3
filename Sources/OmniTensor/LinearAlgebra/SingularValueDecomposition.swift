/// A matrix `A` `[m, n]` as `U · diag(σ) · Vᵀ`, thin: `k = min(m, n)`.
package struct SingularValueDecomposition: Sendable {
    /// `U` `[m, k]`: orthonormal columns.
    package let left: Tensor<Float>
    /// The singular values `[k]`, descending, none negative.
    package let values: Tensor<Float>
    /// `Vᵀ` `[k, n]`: orthonormal rows.
    package let rightTransposed: Tensor<Float>

    /// Decomposes a matrix.
    ///
    /// - Precondition: the matrix has two dimensions.
    /// - Throws: ``LinearAlgebraError/didNotConverge`` or ``LinearAlgebraError/elementNotFinite(index:)``.
    package init(_ matrix: Tensor<Float>) throws(LinearAlgebraError) {
        precondition(matrix.shape.rank == 2, "\(matrix.shape) is not a matrix")
        try matrix.requireFinite()
        let (m, n) = (matrix.shape[0], matrix.shape[1])
        let k = min(m, n)
        var (left, values) = (Tensor<Float>(zeros: [m, k]), Tensor<Float>(zeros: [k]))
        var right = Tensor<Float>(zeros: [k, n])
        if k > 0 {
            var work = matrix
            // By columns the tensor is Aᵀ = V · diag(σ) · Uᵀ, whose factors by columns are Vᵀ and U by rows.
            let info = unsafe work.withPointer { a in
                unsafe values.withPointer { s in
                    unsafe right.withPointer { v in
                        unsafe left.withPointer { u in unsafe LAPACK.gesdd(m: n, n: m, a, s, v, u) }
                    }
                }
            }
            precondition(info >= 0, "argument \(-info) of gesdd")
            guard info == 0 else { throw .didNotConverge }
        }
        (self.left, self.values, rightTransposed) = (left, values, right)
    }
}
