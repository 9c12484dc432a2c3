import OmniTensor

extension ONNXConvolution {
    /// Whether the convolution never mixes channels and keeps the number of frames.
    var isDepthwise: Bool {
        weight.shape[1] == 1 && groupCount == weight.shape[0] && stride == 1 && isCentred && bias != nil
    }
    /// Whether the convolution looks at one frame at a time.
    var isPointwise: Bool { groupCount == 1 && weight.shape[2] == 1 && padding == [0, 0] && bias != nil }
    /// Whether half a kernel of zeros lies on either side.
    var isCentred: Bool {
        let half = Int64(weight.shape[2] / 2)
        return weight.shape[2] % 2 == 1 && padding == [half, half]
    }
    /// Whether this makes the spectrum.
    var isSpectrum: Bool { groupCount == 1 && weight.shape[1] == 1 && padding == [0, 0] && bias == nil }
}
