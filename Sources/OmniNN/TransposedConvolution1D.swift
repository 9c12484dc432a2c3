package import OmniTensor

/// A transposed convolution whose kernel is twice its stride `s`, over channels-last input.
///
/// With that kernel each run of `s` output frames depends on just two neighbouring input frames: the right one through
/// taps `0 ..< s`, the left one through taps `s ..< 2s`. So the whole layer is one product of overlapping pairs of
/// frames with a matrix `[s · out, 2 · in]`, and nothing has to be added up afterwards. Of `x` `[T, in]` it makes
/// `y` `[(T − 1)·s, out]`: the run between every two frames. A caller that wants PyTorch's output puts a frame of
/// zeros before and after, and cuts the padding off.
package struct TransposedConvolution1D: Sendable {
    private let pairs: any PackedMatrix  // [s · out, 2 · in]
    package let inputChannelCount: Int
    package let outputChannelCount: Int
    package let stride: Int
    private let engine: any ComputeEngine

    /// - Parameter weight: PyTorch's order, `[in, out, K]` with an even `K`.
    package init(
        weight: Tensor<Float>, bias: Tensor<Float>?, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        precondition(weight.shape.rank == 3 && weight.shape[2] % 2 == 0, "a transposed convolution of \(weight.shape)")
        let parameters = Self.pairs(weight, bias)
        self.init(
            try engine.pack(parameters.weight, bias: parameters.bias, precision: precision), in: weight.shape[0],
            out: weight.shape[1], stride: weight.shape[2] / 2, engine)
    }

    /// Makes the matrix from tensors of the scope, unless its file has it packed.
    ///
    /// - Parameter make: reads the weight in PyTorch's order, `[in, out, 2 · stride]`, and the bias.
    package init(
        _ weights: WeightScope, in input: Int, out output: Int, stride: Int, engine: any ComputeEngine,
        precision: WeightPrecision, make: (WeightScope) throws -> MatrixParameters
    ) throws {
        let wanted = WantedMatrix("weight", [stride * output, 2 * input], bias: true)
        let pairs = try weights.matrix(wanted, engine: engine, precision: precision) { weights in
            let (weight, bias) = try make(weights)
            precondition(weight.shape == [input, output, 2 * stride], "a transposed convolution of \(weight.shape)")
            return Self.pairs(weight, bias)
        }
        self.init(pairs, in: input, out: output, stride: stride, engine)
    }

    private init(
        _ pairs: any PackedMatrix, in input: Int, out output: Int, stride: Int, _ engine: any ComputeEngine
    ) {
        self.pairs = pairs
        inputChannelCount = input
        outputChannelCount = output
        self.stride = stride
        self.engine = engine
    }

    private static func pairs(_ weight: Tensor<Float>, _ bias: Tensor<Float>?) -> MatrixParameters {
        let (input, output, stride) = (weight.shape[0], weight.shape[1], weight.shape[2] / 2)
        let source = weight.span
        var matrix = Tensor<Float>(zeros: [stride * output, 2 * input])
        var target = matrix.mutableSpan
        for i in 0..<input {
            for o in 0..<output {
                for r in 0..<stride {
                    let row = (r * output + o) * 2 * input
                    let taps = (i * output + o) * 2 * stride
                    target[row + i] = source[taps + stride + r]
                    target[row + input + i] = source[taps + r]
                }
            }
        }
        let tiledBias = bias.map { bias in
            Tensor((0..<stride).flatMap { _ in bias.scalars }, shape: [stride * output])
        }
        return (matrix, tiledBias)
    }

    /// `x` `[T, in]`, `y` `[(T − 1)·s, out]`.
    package func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        let pairCount = max(x.count / inputChannelCount - 1, 0)
        engine.multiply(
            RowView(x, rowCount: pairCount, rowStride: inputChannelCount), by: pairs, accumulating: false, into: &y)
    }
}
