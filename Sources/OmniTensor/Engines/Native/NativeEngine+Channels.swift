internal import COmniKernels

extension NativeEngine {
    public func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>) {
        let channelCount = alpha.count
        precondition(
            channelCount > 0 && inverseAlpha.count == channelCount && x.count % channelCount == 0,
            "\(x.count) elements in \(channelCount) channels")
        unsafe alpha.withUnsafeBufferPointer { alpha in
            unsafe inverseAlpha.withUnsafeBufferPointer { inverse in
                unsafe x.withUnsafeMutableBufferPointer { x in
                    unsafe omni_snake(
                        pool.handle, isa, x.baseAddress, x.count / channelCount, channelCount, alpha.baseAddress,
                        inverse.baseAddress)
                }
            }
        }
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>
    ) {
        precondition(channelCount > 0, "\(channelCount) channels")
        let tapCount = weight.count / channelCount
        let frameCount = y.count / channelCount
        precondition(
            x.count == (frameCount + (tapCount - 1) * dilation) * channelCount
                && weight.count == tapCount * channelCount && y.count == frameCount * channelCount
                && (bias?.count ?? channelCount) == channelCount,
            "\(x.count) elements in, \(y.count) out, \(tapCount) taps \(dilation) apart, \(channelCount) channels")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weight.withUnsafeBufferPointer { weight in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    func convolve(_ bias: UnsafePointer<Float>?) {
                        unsafe omni_convolve_depthwise(
                            pool.handle, isa, x.baseAddress, frameCount, channelCount, weight.baseAddress, tapCount,
                            dilation, bias, y.baseAddress)
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
