#if canImport(Accelerate)
    internal import Accelerate

    /// The LAPACK routines in use. Matrices are column-major and dense here, as in Fortran: a row-major tensor is seen
    /// as its transpose. The numbers returned are LAPACK's `info`.
    @unsafe
    enum LAPACK {
        /// Factors a symmetric `n × n` matrix as `Uᵀ U`; reads and writes the upper triangle.
        static func potrf(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            var (order, leading, info) = (Int32(n), Int32(n), Int32(0))
            var uplo = upper
            unsafe spotrf_(&uplo, &order, a, &leading, &info)
            return Int(info)
        }

        /// Solves for `count` right sides, given the factor.
        static func potrs(n: Int, count: Int, _ a: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>) -> Int {
            var (order, sides, info) = (Int32(n), Int32(count), Int32(0))
            var (leadingA, leadingB) = (Int32(n), Int32(n))
            var uplo = upper
            // The factor is only read; the old interface has no `const`.
            unsafe spotrs_(
                &uplo, &order, &sides, UnsafeMutablePointer(mutating: a), &leadingA, b, &leadingB, &info)
            return Int(info)
        }

        /// Turns the factor into the upper triangle of the inverse.
        static func potri(n: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
            var (order, leading, info) = (Int32(n), Int32(n), Int32(0))
            var uplo = upper
            unsafe spotri_(&uplo, &order, a, &leading, &info)
            return Int(info)
        }

        /// Eigenvalues, ascending, and eigenvectors in the columns of `a`; reads the upper triangle.
        static func syevd(n: Int, _ a: UnsafeMutablePointer<Float>, _ values: UnsafeMutablePointer<Float>) -> Int {
            withWorkspace { work, workCount, integers, integerCount in
                var (order, leading, info) = (Int32(n), Int32(n), Int32(0))
                var (job, uplo) = (vectors, upper)
                unsafe ssyevd_(
                    &job, &uplo, &order, a, &leading, values, work, &workCount, integers, &integerCount, &info)
                return info
            }
        }

        /// The thin decomposition of `m × n` `a`: `u` `m × k`, `vt` `k × n`, with `k` the smaller extent.
        static func gesdd(
            m: Int, n: Int, _ a: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>,
            _ u: UnsafeMutablePointer<Float>, _ vt: UnsafeMutablePointer<Float>
        ) -> Int {
            var scratch = [Int32](repeating: 0, count: 8 * min(m, n))
            return withWorkspace { work, workCount, _, _ in
                var (rows, columns, info) = (Int32(m), Int32(n), Int32(0))
                var (leadingA, leadingU, leadingV) = (Int32(m), Int32(m), Int32(min(m, n)))
                var job = thin
                unsafe sgesdd_(
                    &job, &rows, &columns, a, &leadingA, s, u, &leadingU, vt, &leadingV, work, &workCount, &scratch,
                    &info)
                return info
            }
        }

        /// Least squares of least norm. `b` has `max(m, n)` rows: the right sides, then the solution.
        static func gelsd(
            m: Int, n: Int, count: Int, _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
            _ s: UnsafeMutablePointer<Float>, tolerance: Float
        ) -> (info: Int, rank: Int) {
            var rank: Int32 = 0
            let info = withWorkspace { work, workCount, integers, _ in
                var (rows, columns, sides, info) = (Int32(m), Int32(n), Int32(count), Int32(0))
                var (leadingA, leadingB, limit) = (Int32(m), Int32(max(m, n)), tolerance)
                unsafe sgelsd_(
                    &rows, &columns, &sides, a, &leadingA, b, &leadingB, s, &limit, &rank, work, &workCount, integers,
                    &info)
                return info
            }
            return (info, Int(rank))
        }

        /// Calls a routine twice: once with counts of −1, upon which it says how much workspace it needs, then in
        /// earnest.
        private static func withWorkspace(
            _ routine: (UnsafeMutablePointer<Float>, inout Int32, UnsafeMutablePointer<Int32>, inout Int32) -> Int32
        ) -> Int {
            var (work, integers): ([Float], [Int32]) = ([0], [0])
            for pass in 0..<2 {
                var (workCount, integerCount) = pass == 0 ? (-1, -1) : (Int32(work.count), Int32(integers.count))
                let info = unsafe work.withUnsafeMutableBufferPointer { work in
                    unsafe integers.withUnsafeMutableBufferPointer { integers in
                        guard let floatBase = work.baseAddress, let integerBase = integers.baseAddress else {
                            preconditionFailure("no workspace")
                        }
                        return unsafe routine(floatBase, &workCount, integerBase, &integerCount)
                    }
                }
                if pass == 1 || info != 0 { return Int(info) }
                // The count comes back as a float, which may have rounded it down.
                work = [Float](repeating: 0, count: max(1, Int(work[0].nextUp.rounded(.up))))
                integers = [Int32](repeating: 0, count: max(1, Int(integers[0])))
            }
            return 0
        }

        private static let upper = CChar(UInt8(ascii: "U"))
        private static let vectors = CChar(UInt8(ascii: "V"))
        private static let thin = CChar(UInt8(ascii: "S"))
    }
#endif
