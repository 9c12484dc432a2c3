/// What the arguments of channels-last operations must fit, checked once for every engine.
enum ChannelGeometry {
    /// The channels of `snake`.
    ///
    /// - Precondition: there is one, each has both parameters, and the elements are whole rows.
    static func snake(elementCount: Int, alphaCount: Int, inverseAlphaCount: Int) -> Int {
        precondition(
            alphaCount > 0 && inverseAlphaCount == alphaCount && elementCount % alphaCount == 0,
            "\(elementCount) elements in \(alphaCount) channels")
        return alphaCount
    }

    /// The frames that come out of a depthwise convolution, and its taps.
    ///
    /// - Precondition: input, weight, bias and output fit.
    static func depthwise(
        inputCount: Int, weightCount: Int, biasCount: Int?, outputCount: Int, channelCount: Int, dilation: Int
    ) -> (frameCount: Int, tapCount: Int) {
        precondition(channelCount > 0, "\(channelCount) channels")
        let tapCount = weightCount / channelCount
        let frameCount = outputCount / channelCount
        precondition(
            inputCount == (frameCount + (tapCount - 1) * dilation) * channelCount
                && weightCount == tapCount * channelCount && outputCount == frameCount * channelCount
                && (biasCount ?? channelCount) == channelCount,
            "\(inputCount) elements in, \(outputCount) out, \(tapCount) taps \(dilation) apart, "
                + "\(channelCount) channels")
        return (frameCount, tapCount)
    }
}
