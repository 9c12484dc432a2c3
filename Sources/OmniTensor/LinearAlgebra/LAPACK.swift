#if !canImport(Accelerate)
    internal import CLAPACKE

    /// The LAPACK routines in use. Matrices are column-major and dense here, as in Fortran: a row-major tensor is seen
    /// as its transpose. The numbers returned are LAPACK's `info`.
    @unsafe
    enum LAPACK {
        /// Factors a symmetric `n × n` matrix as `Uᵀ U`; reads and writes the upper triangle.
        static func potrf(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            unsafe Int(LAPACKE_spotrf(LAPACK_COL_MAJOR, upper, numericCast(n), a, numericCast(n)))
        }

        /// Solves for `count` right sides, given the factor.
        static func potrs(n: Int, count: Int, _ a: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>) -> Int {
            unsafe Int(
                LAPACKE_spotrs(
                    LAPACK_COL_MAJOR, upper, numericCast(n), numericCast(count), a, numericCast(n), b, numericCast(n)))
        }

        /// Turns the factor into the upper triangle of the inverse.
        static func potri(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            unsafe Int(LAPACKE_spotri(LAPACK_COL_MAJOR, upper, numericCast(n), a, numericCast(n)))
        }

        /// Eigenvalues, ascending, and eigenvectors in the columns of `a`; reads the upper triangle.
        static func syevd(n: Int, _ a: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>) -> Int {
            unsafe Int(LAPACKE_ssyevd(LAPACK_COL_MAJOR, vectors, upper, numericCast(n), a, numericCast(n), values))
        }

        /// The thin decomposition of `m × n` `a`: `u` `m × k`, `vt` `k × n`, with `k` the smaller extent.
        static func gesdd(
            m: Int, n: Int, _ a: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>,
            _ u: UnsafeMutablePointer<Float>, _ vt: UnsafeMutablePointer<Float>
        ) -> Int {
            unsafe Int(
                LAPACKE_sgesdd(
                    LAPACK_COL_MAJOR, thin, numericCast(m), numericCast(n), a, numericCast(m), s, u, numericCast(m), vt,
                    numericCast(min(m, n))))
        }

        /// Least squares of least norm. `b` has `max(m, n)` rows: the right sides, then the solution.
        static func gelsd(
            m: Int, n: Int, count: Int, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
            _ s: UnsafeMutablePointer<Float>, tolerance: Float
        ) -> (info: Int, rank: Int) {
            var rank: Int32 = 0
            let info = unsafe LAPACKE_sgelsd(
                LAPACK_COL_MAJOR, numericCast(m), numericCast(n), numericCast(count), a, numericCast(m), b,
                numericCast(max(m, n)), s, tolerance, &rank)
            return (Int(info), Int(rank))
        }

        private static let upper = CChar(UInt8(ascii: "U"))
        private static let vectors = CChar(UInt8(ascii: "V"))
        private static let thin = CChar(UInt8(ascii: "S"))
    }
#endif
