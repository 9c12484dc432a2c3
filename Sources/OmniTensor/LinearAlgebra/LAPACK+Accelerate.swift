#if canImport(Accelerate)
    internal import Accelerate

    /// The LAPACK routines of a Cholesky factorisation, which calibrated quantisation computes with. Matrices are
    /// column-major and dense here, as in Fortran: a row-major tensor is seen as its transpose. The numbers returned
    /// are LAPACK's `info`.
    @unsafe
    enum LAPACK {
        /// Factors a symmetric `n × n` matrix as `Uᵀ U`; reads and writes the upper triangle.
        static func potrf(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            var (order, leading, info) = (Int32(n), Int32(n), Int32(0))
            var uplo = unsafe upper
            unsafe spotrf_(&uplo, &order, a, &leading, &info)
            return Int(info)
        }

        /// Turns the factor into the upper triangle of the inverse.
        static func potri(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            var (order, leading, info) = (Int32(n), Int32(n), Int32(0))
            var uplo = unsafe upper
            unsafe spotri_(&uplo, &order, a, &leading, &info)
            return Int(info)
        }

        private static let upper = CChar(UInt8(ascii: "U"))
    }
#endif
