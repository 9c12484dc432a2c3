import OmniSNAC

/// What decoding a second of audio computes.
struct CodecWork {
    /// Additions and multiplications in the matrices; the rest of the work is small beside them.
    let operationsPerSecond: Double

    init(_ shape: SNAC.Configuration) {
        var rowsPerSecond = Double(shape.sampleRate) / Double(shape.hopLength)
        var width = Double(shape.decoderWidth)
        let latentWidth = shape.latentWidth.map(Double.init) ?? Double(shape.encoderWidth << shape.encoderRates.count)
        var operations = rowsPerSecond * 2 * latentWidth * width * (shape.isDepthwise ? 1 : 7)
        for rate in shape.decoderRates {
            rowsPerSecond *= Double(rate)
            // A transposed convolution sees two rows; then noise, and three units of one product each, or of seven taps
            // more.
            let output = width / 2
            let products = (shape.hasNoise ? 1 : 0) + 3 * (shape.isDepthwise ? 1.0 : 8)
            operations += rowsPerSecond * 2 * (2 * width * output + products * output * output)
            width = output
        }
        operationsPerSecond = operations
    }
}
