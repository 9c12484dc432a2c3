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
        precondition(weight.shape.rank == 3 && stride > 0 && dilation > 0, "a convolution of \(weight.shape)")
        let (out, input, width) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let source = weight.span
        if dilation == 1 {
            var window = Tensor<Float>(zeros: [out, width * input])
            var target = window.mutableSpan
            for o in 0..<out {
                for k in 0..<width {
                    for i in 0..<input { target[(o * width + k) * input + i] = source[(o * input + i) * width + k] }
                }
            }
            taps = [try engine.pack(window, bias: bias, precision: precision)]
        } else {
            taps = try (0..<width).map { k in
                var tap = Tensor<Float>(zeros: [out, input])
                var target = tap.mutableSpan
                for row in 0..<out * input { target[row] = source[row * width + k] }
                return try engine.pack(tap, bias: k == 0 ? bias : nil, precision: precision)
            }
        }
        inputChannelCount = input
        outputChannelCount = out
        kernelWidth = width
        self.stride = stride
        self.dilation = dilation
        self.engine = engine
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
