/// Why a matrix cannot be factored.
package enum LinearAlgebraError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The matrix is not positive definite: elimination finds no positive number at this place of the diagonal.
    case notPositiveDefinite(pivot: Int)
    /// An element of the input is infinite or not a number; its place in row-major order.
    case elementNotFinite(index: Int)

    package var description: String {
        switch self {
        case .notPositiveDefinite(let pivot): "the matrix is not positive definite: elimination fails at pivot \(pivot)"
        case .elementNotFinite(let index): "element \(index) of the input is not a finite number"
        }
    }
}

extension Tensor<Float> {
    /// LAPACK may loop for ever over infinities and NaN.
    func requireFinite() throws(LinearAlgebraError) {
        if let index = firstNonFiniteIndex { throw .elementNotFinite(index: index) }
    }

    /// Writes to the elements through a pointer, as LAPACK needs it.
    @unsafe
    mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        precondition(shape.elementCount > 0, "no elements")
        var span = mutableSpan
        return unsafe span.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("no elements") }
            return unsafe body(base)
        }
    }
}
