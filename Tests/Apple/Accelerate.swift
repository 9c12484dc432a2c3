// What Omni uses of Apple's Accelerate, declared as its headers do: enough for a compiler, nothing to run.
public struct CBLAS_ORDER: Sendable {}
public struct CBLAS_TRANSPOSE: Sendable {}
public struct CBLAS_UPLO: Sendable {}
public var CblasRowMajor: CBLAS_ORDER { CBLAS_ORDER() }
public var CblasNoTrans: CBLAS_TRANSPOSE { CBLAS_TRANSPOSE() }
public var CblasTrans: CBLAS_TRANSPOSE { CBLAS_TRANSPOSE() }
public var CblasLower: CBLAS_UPLO { CBLAS_UPLO() }

public func cblas_sgemm(
    _ order: CBLAS_ORDER, _ transposesA: CBLAS_TRANSPOSE, _ transposesB: CBLAS_TRANSPOSE, _ m: Int32, _ n: Int32,
    _ k: Int32, _ alpha: Float, _ a: UnsafePointer<Float>?, _ lda: Int32, _ b: UnsafePointer<Float>?, _ ldb: Int32,
    _ beta: Float, _ c: UnsafeMutablePointer<Float>?, _ ldc: Int32
) {}

public func cblas_ssyrk(
    _ order: CBLAS_ORDER, _ uplo: CBLAS_UPLO, _ transposes: CBLAS_TRANSPOSE, _ n: Int32, _ k: Int32, _ alpha: Float,
    _ a: UnsafePointer<Float>?, _ lda: Int32, _ beta: Float, _ c: UnsafeMutablePointer<Float>?, _ ldc: Int32
) {}

public func cblas_sgemv(
    _ order: CBLAS_ORDER, _ transposes: CBLAS_TRANSPOSE, _ m: Int32, _ n: Int32, _ alpha: Float,
    _ a: UnsafePointer<Float>?, _ lda: Int32, _ x: UnsafePointer<Float>?, _ incX: Int32, _ beta: Float,
    _ y: UnsafeMutablePointer<Float>?, _ incY: Int32
) {}

@discardableResult
public func spotrf_(
    _ uplo: UnsafeMutablePointer<CChar>, _ n: UnsafeMutablePointer<Int32>, _ a: UnsafeMutablePointer<Float>?,
    _ lda: UnsafeMutablePointer<Int32>, _ info: UnsafeMutablePointer<Int32>
) -> Int32 { 0 }

@discardableResult
public func spotri_(
    _ uplo: UnsafeMutablePointer<CChar>, _ n: UnsafeMutablePointer<Int32>, _ a: UnsafeMutablePointer<Float>?,
    _ lda: UnsafeMutablePointer<Int32>, _ info: UnsafeMutablePointer<Int32>
) -> Int32 { 0 }
