package import OmniTensor

/// A convolution that never mixes channels, over channels-last input padded by the caller: `x` `[T, C]` to
/// `y` `[T − (K − 1)·dilation, C]`.
package struct DepthwiseConvolution1D: Sendable {
    private let weight: Tensor<Float>  // [K, C]
    private let bias: Tensor<Float>?  // [C]
    package let channelCount: Int
    package let kernelWidth: Int
    package let dilation: Int
    private let engine: any ComputeEngine

    /// - Parameter weight: PyTorch's order, `[C, 1, K]`.
    package init(weight: Tensor<Float>, bias: Tensor<Float>?, dilation: Int = 1, engine: any ComputeEngine) {
        precondition(
            weight.shape.rank == 3 && weight.shape[1] == 1 && dilation > 0, "a depthwise convolution of \(weight.shape)"
        )
        channelCount = weight.shape[0]
        kernelWidth = weight.shape[2]
        self.weight = weight.reshaped(to: [channelCount, kernelWidth]).transposed()
        self.bias = bias
        self.dilation = dilation
        self.engine = engine
    }

    /// Frames that one output frame looks at, first to last.
    package var receptiveFrameCount: Int { (kernelWidth - 1) * dilation + 1 }

    /// `x` `[T, C]` padded, `y` `[T − receptiveFrameCount + 1, C]`, the result of `snake` where one follows.
    package func callAsFunction(_ x: Span<Float>, before snake: Snake? = nil, into y: inout MutableSpan<Float>) {
        if let snake {
            engine.convolveDepthwise(
                x, weight: weight.span, bias: bias?.span, channelCount: channelCount, dilation: dilation,
                alpha: snake.alpha.span, inverseAlpha: snake.inverseAlpha.span, into: &y)
        } else {
            engine.convolveDepthwise(
                x, weight: weight.span, bias: bias?.span, channelCount: channelCount, dilation: dilation, into: &y)
        }
    }
}
