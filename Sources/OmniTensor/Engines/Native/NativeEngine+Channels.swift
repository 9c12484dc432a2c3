internal import COmniKernels

extension NativeEngine {
    public func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>) {
        let channelCount = ChannelGeometry.snake(
            elementCount: x.count, alphaCount: alpha.count, inverseAlphaCount: inverseAlpha.count)
        unsafe alpha.withUnsafeBufferPointer { alpha in
            unsafe inverseAlpha.withUnsafeBufferPointer { inverse in
                unsafe x.withUnsafeMutableBufferPointer { x in
                    unsafe omni_snake(
                        pool.handle, isa, x.baseAddress, x.count / channelCount, channelCount, alpha.baseAddress,
                        inverse.baseAddress, x.baseAddress)
                }
            }
        }
    }

    public func snake(
        _ x: Span<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        precondition(x.count == y.count, "\(x.count) elements into \(y.count)")
        let channelCount = ChannelGeometry.snake(
            elementCount: x.count, alphaCount: alpha.count, inverseAlphaCount: inverseAlpha.count)
        unsafe alpha.withUnsafeBufferPointer { alpha in
            unsafe inverseAlpha.withUnsafeBufferPointer { inverse in
                unsafe x.withUnsafeBufferPointer { x in
                    unsafe y.withUnsafeMutableBufferPointer { y in
                        unsafe omni_snake(
                            pool.handle, isa, x.baseAddress, x.count / channelCount, channelCount, alpha.baseAddress,
                            inverse.baseAddress, y.baseAddress)
                    }
                }
            }
        }
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>
    ) {
        unsafe convolveDepthwise(
            x, weight: weight, bias: bias, channelCount: channelCount, dilation: dilation, nil, nil, into: &y)
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        precondition(
            alpha.count == channelCount && inverseAlpha.count == channelCount,
            "a snake of \(alpha.count) and \(inverseAlpha.count) for \(channelCount) channels")
        unsafe alpha.withUnsafeBufferPointer { alpha in
            unsafe inverseAlpha.withUnsafeBufferPointer { inverse in
                unsafe convolveDepthwise(
                    x, weight: weight, bias: bias, channelCount: channelCount, dilation: dilation, alpha.baseAddress,
                    inverse.baseAddress, into: &y)
            }
        }
    }

    /// A snake follows unless `alpha` is `nil`.
    @unsafe
    private func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        _ alpha: UnsafePointer<Float>?, _ inverseAlpha: UnsafePointer<Float>?, into y: inout MutableSpan<Float>
    ) {
        let (frameCount, tapCount) = ChannelGeometry.depthwise(
            inputCount: x.count, weightCount: weight.count, biasCount: bias?.count, outputCount: y.count,
            channelCount: channelCount, dilation: dilation)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weight.withUnsafeBufferPointer { weight in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    func convolve(_ bias: UnsafePointer<Float>?) {
                        unsafe omni_convolve_depthwise(
                            pool.handle, isa, x.baseAddress, frameCount, channelCount, weight.baseAddress, tapCount,
                            dilation, bias, alpha, inverseAlpha, y.baseAddress)
                    }
                    if let bias {
                        unsafe bias.withUnsafeBufferPointer { unsafe convolve($0.baseAddress) }
                    } else {
                        convolve(nil)
                    }
                }
            }
        }
    }
}
