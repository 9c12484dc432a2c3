// The one place that knows which BLAS there is: OpenBLAS where it is installed, Accelerate on Apple.
#if canImport(Accelerate)
    internal import Accelerate
#else
    internal import COpenBLAS
#endif

/// A matrix inside memory: where it starts and how many elements lie between its rows.
@unsafe
struct StridedMatrix {
    var base: UnsafePointer<Float>
    var rowStride: Int
}

enum CBLAS {
    /// `c = alpha · a · b + beta · c`, with `b` transposed on request. `a` `[m, k]`, `b` `[k, n]` or `[n, k]`,
    /// `c` `[m, n]`.
    @unsafe
    static func multiply(
        m: Int, n: Int, k: Int, alpha: Float, _ a: StridedMatrix, _ b: StridedMatrix, transposingB: Bool, beta: Float,
        _ c: UnsafeMutablePointer<Float>, rowStride: Int
    ) {
        // A leading dimension below the row width is refused by BLAS even for a single row, where it is never used.
        let lda = unsafe max(a.rowStride, m == 1 ? k : 1)
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposingB ? CblasTrans : CblasNoTrans, numericCast(m), numericCast(n),
            numericCast(k), alpha, a.base, numericCast(lda), b.base, numericCast(b.rowStride), beta, c,
            numericCast(rowStride))
    }

    /// Adds `xᵀ · x` to the lower triangle of `sums` `[width, width]`. `x` `[rowCount, width]` dense.
    @unsafe
    static func addSquares(
        of x: UnsafePointer<Float>, rowCount: Int, width: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        unsafe cblas_ssyrk(
            CblasRowMajor, CblasLower, CblasTrans, numericCast(width), numericCast(rowCount), 1, x, numericCast(width),
            1, sums, numericCast(width))
    }

    /// `y = w · x`, or `y += w · x`. `w` `[m, k]` dense.
    @unsafe
    static func multiplyVector(
        m: Int, k: Int, _ w: UnsafePointer<Float>, _ x: UnsafePointer<Float>, accumulating: Bool,
        _ y: UnsafeMutablePointer<Float>
    ) {
        unsafe cblas_sgemv(
            CblasRowMajor, CblasNoTrans, numericCast(m), numericCast(k), 1, w, numericCast(k), x, 1,
            accumulating ? 1 : 0, y, 1)
    }
}
