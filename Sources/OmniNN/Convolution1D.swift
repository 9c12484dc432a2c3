package import OmniTensor

/// A convolution over channels-last input: `x` `[T, in]`, padded by the caller, to `y` `[T′, out]` with
/// `T′ = (T − (K − 1)·dilation − 1) / stride + 1`.
///
/// Channels last, a window of `K` neighbouring frames is one contiguous row, so the whole convolution is one product
/// over overlapping rows. With a dilation the taps lie apart: one product per tap, added up.
package struct Convolution1D: Sendable {
    /// One `[out, K · in]` matrix, or with a dilation `K` matrices `[out, in]`.
    private let taps: [any PackedMatrix]
    package let inputChannelCount: Int
    package let outputChannelCount: Int
    package let kernelWidth: Int
    package let stride: Int
    package let dilation: Int
    private let engine: any ComputeEngine

    /// - Parameter weight: PyTorch's order, `[out, in, K]`.
    package init(
        weight: Tensor<Float>, bias: Tensor<Float>?, stride: Int = 1, dilation: Int = 1, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        precondition(weight.shape.rank == 3, "a convolution of \(weight.shape)")
        let taps = try Self.taps(weight, bias, dilation).map {
            try engine.pack($0.weight, bias: $0.bias, precision: precision)
        }
        self.init(
            taps, in: weight.shape[1], out: weight.shape[0], kernelWidth: weight.shape[2], stride: stride,
            dilation: dilation, engine)
    }

    /// Makes the matrices from tensors of the scope, unless its file has them packed.
    ///
    /// - Parameter make: reads the weight in PyTorch's order, `[out, in, K]`, and the bias.
    package init(
        _ weights: WeightScope, in input: Int, out output: Int, kernelWidth width: Int, bias hasBias: Bool = true,
        stride: Int = 1, dilation: Int = 1, engine: any ComputeEngine, precision: WeightPrecision,
        make: (WeightScope) throws -> MatrixParameters
    ) throws {
        let wanted =
            dilation == 1
            ? [WantedMatrix("weight", [output, width * input], bias: hasBias)]
            : (0..<width).map { WantedMatrix("weight.\($0)", [output, input], bias: hasBias && $0 == 0) }
        let taps = try weights.matrices(wanted, engine: engine, precision: precision) { weights in
            let (weight, bias) = try make(weights)
            precondition(weight.shape == [output, input, width], "a convolution of \(weight.shape)")
            return Self.taps(weight, bias, dilation)
        }
        self.init(
            taps, in: input, out: output, kernelWidth: width, stride: stride, dilation: dilation, engine)
    }

    private init(
        _ taps: [any PackedMatrix], in input: Int, out output: Int, kernelWidth: Int, stride: Int, dilation: Int,
        _ engine: any ComputeEngine
    ) {
        precondition(stride > 0 && dilation > 0, "a convolution with stride \(stride) and dilation \(dilation)")
        self.taps = taps
        inputChannelCount = input
        outputChannelCount = output
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.dilation = dilation
        self.engine = engine
    }

    private static func taps(_ weight: Tensor<Float>, _ bias: Tensor<Float>?, _ dilation: Int) -> [MatrixParameters] {
        let (out, input, width) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let source = weight.span
        guard dilation == 1 else {
            return (0..<width).map { k in
                var tap = Tensor<Float>(zeros: [out, input])
                var target = tap.mutableSpan
                for row in 0..<out * input { target[row] = source[row * width + k] }
                return (tap, k == 0 ? bias : nil)
            }
        }
        var window = Tensor<Float>(zeros: [out, width * input])
        var target = window.mutableSpan
        for o in 0..<out {
            for k in 0..<width {
                for i in 0..<input { target[(o * width + k) * input + i] = source[(o * input + i) * width + k] }
            }
        }
        return [(window, bias)]
    }

    /// Frames that one output frame looks at, first to last.
    package var receptiveFrameCount: Int { (kernelWidth - 1) * dilation + 1 }

    /// Output frames for `frameCount` padded input frames.
    package func outputFrameCount(for frameCount: Int) -> Int {
        frameCount < receptiveFrameCount ? 0 : (frameCount - receptiveFrameCount) / stride + 1
    }

    /// `x` `[T, in]` padded, `y` `[T′, out]`.
    package func callAsFunction(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
        let rowCount = outputFrameCount(for: x.count / inputChannelCount)
        for (k, tap) in taps.enumerated() {
            let elements = x.extracting(droppingFirst: k * dilation * inputChannelCount)
            let windows = RowView(elements, rowCount: rowCount, rowStride: stride * inputChannelCount)
            engine.multiply(windows, by: tap, accumulating: k > 0, into: &y)
        }
    }
}
