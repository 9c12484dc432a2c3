// The channels-last loops of the codec, eight channels at a time. What they compute is defined by the scalar defaults.

extension BLASEngine {
    public func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>) {
        let channelCount = ChannelGeometry.snake(
            elementCount: x.count, alphaCount: alpha.count, inverseAlphaCount: inverseAlpha.count)
        unsafe alpha.withUnsafeBufferPointer { alpha in
            unsafe inverseAlpha.withUnsafeBufferPointer { inverse in
                unsafe x.withUnsafeMutableBufferPointer { x in
                    guard let alpha = alpha.baseAddress, let inverse = inverse.baseAddress, let base = x.baseAddress
                    else { return }
                    for row in stride(from: 0, to: x.count, by: channelCount) {
                        unsafe Self.snakeRow(base + row, alpha, inverse, channelCount: channelCount)
                    }
                }
            }
        }
    }

    @unsafe
    private static func snakeRow(
        _ x: UnsafeMutablePointer<Float>, _ alpha: UnsafePointer<Float>, _ inverse: UnsafePointer<Float>,
        channelCount: Int
    ) {
        var c = 0
        while c + 8 <= channelCount {
            let value = unsafe Lanes(loading: x + c)
            let angle = unsafe value * Lanes(loading: alpha + c)
            guard let sine = FastSine.upToSign(angle) else { break }
            unsafe (value + Lanes(loading: inverse + c) * sine * sine).store(to: x + c)
            c += 8
        }
        // The last few channels, and the rest of a row with an angle too large to reduce.
        while c < channelCount {
            let sine = unsafe ScalarMath.sin(alpha[c] * x[c])
            unsafe x[c] += inverse[c] * sine * sine
            c += 1
        }
    }

    public func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>
    ) {
        let (frameCount, tapCount) = ChannelGeometry.depthwise(
            inputCount: x.count, weightCount: weight.count, biasCount: bias?.count, outputCount: y.count,
            channelCount: channelCount, dilation: dilation)
        let spacing = dilation * channelCount
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weight.withUnsafeBufferPointer { weight in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    guard let x = x.baseAddress, let weight = weight.baseAddress, let y = y.baseAddress else { return }
                    for row in 0..<frameCount {
                        let start = row * channelCount
                        if let bias {
                            for c in 0..<channelCount { unsafe y[start + c] = bias[c] }
                        } else {
                            for c in 0..<channelCount { unsafe y[start + c] = 0 }
                        }
                        unsafe Self.addTaps(
                            x + start, weight, channelCount: channelCount, tapCount: tapCount, spacing: spacing,
                            to: y + start)
                    }
                }
            }
        }
    }

    @unsafe
    private static func addTaps(
        _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, channelCount: Int, tapCount: Int, spacing: Int,
        to y: UnsafeMutablePointer<Float>
    ) {
        var c = 0
        while c + 8 <= channelCount {
            var sum = unsafe Lanes(loading: y + c)
            for k in 0..<tapCount {
                unsafe sum += Lanes(loading: x + k * spacing + c) * Lanes(loading: weight + k * channelCount + c)
            }
            unsafe sum.store(to: y + c)
            c += 8
        }
        while c < channelCount {
            for k in 0..<tapCount { unsafe y[c] += x[k * spacing + c] * weight[k * channelCount + c] }
            c += 1
        }
    }
}
