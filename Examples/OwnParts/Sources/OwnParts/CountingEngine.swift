import OmniTensor
import Synchronization

/// An engine of one's own: plain loops, and a count of its products. What it does not bring has scalar defaults.
public final class CountingEngine: ComputeEngine {
    /// Makes an engine that has computed nothing.
    public init() {}

    private let count = Mutex(0)

    /// Products so far.
    public var productCount: Int { count.withLock { $0 } }

    public var name: String { "counting" }

    /// A matrix as it is in the file.
    private final class Matrix: PackedMatrix {
        let weight: Tensor<Float>
        let bias: Tensor<Float>?

        init(weight: Tensor<Float>, bias: Tensor<Float>?) {
            self.weight = weight
            self.bias = bias
        }

        var outputWidth: Int { weight.shape[0] }
        var inputWidth: Int { weight.shape[1] }
        var precision: WeightPrecision { .float32 }
        var byteCount: Int {
            (weight.shape.elementCount + (bias?.shape.elementCount ?? 0)) * MemoryLayout<Float>.stride
        }
    }

    public func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix {
        guard precision == .float32 else { throw .unsupportedPrecision(precision, engine: name) }
        return Matrix(weight: weight, bias: bias)
    }

    public func multiply(
        _ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>
    ) {
        guard let matrix = weight as? Matrix else { preconditionFailure("a matrix of another engine") }
        count.withLock { $0 += 1 }
        let (weights, bias) = (matrix.weight, matrix.bias?.scalars)
        for row in 0..<x.rowCount {
            let start = row * x.rowStride
            for output in 0..<matrix.outputWidth {
                var sum = bias?[output] ?? 0
                for index in 0..<matrix.inputWidth {
                    sum += x.elements[start + index] * weights.span[output * matrix.inputWidth + index]
                }
                let place = row * matrix.outputWidth + output
                y[place] = accumulating ? y[place] + sum : sum
            }
        }
    }

    public func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>) {
        guard let matrix = weight as? Matrix else { preconditionFailure("a matrix of another engine") }
        let weights = matrix.weight
        for index in 0..<matrix.inputWidth { y[index] = weights.span[row * matrix.inputWidth + index] }
    }
}
