import OmniTensor

/// Magnitudes of a short-time spectrum, by the stored basis: a convolution whose output channels are the real parts of
/// all bins, then the imaginary parts. As a product over overlapping windows it costs about as much as a fast
/// transform, and it is what the file says.
struct SpectrumLayer: Sendable {
    let binCount: Int
    let filterLength: Int
    let hopSampleCount: Int
    private let basis: any PackedMatrix
    private let engine: any ComputeEngine

    /// Reads `basis` `[2 · bins, 1, filterLength]`.
    init(_ weights: WeightScope, hopSampleCount: Int, engine: any ComputeEngine, precision: WeightPrecision) throws {
        let extents = try weights.extents("basis", rank: 3)
        guard extents[0] % 2 == 0, extents[1] == 1, (1...extents[2]).contains(hopSampleCount) else {
            throw CheckpointError(
                .shapeMismatch, file: weights.file, tensor: weights.path(of: "basis"),
                reason: "\(Shape(extents)) every \(hopSampleCount) samples is not the basis of a spectrum")
        }
        binCount = extents[0] / 2
        filterLength = extents[2]
        self.hopSampleCount = hopSampleCount
        let weight = try weights.finite("basis", Shape(extents)).reshaped(to: [extents[0], extents[2]])
        basis = try engine.pack(weight, bias: nil, precision: precision)
        self.engine = engine
    }

    /// Frames in so many samples, padding included.
    func frameCount(for sampleCount: Int) -> Int {
        sampleCount < filterLength ? 0 : (sampleCount - filterLength) / hopSampleCount + 1
    }

    /// `samples`, padded by the caller, to `spectrum` `[T, 2 · bins]` and then to magnitudes: row `t` of them starts
    /// at element `start + t · rowStride` of `y`.
    func magnitudes(
        _ samples: Tensor<Float>, spectrum: inout Tensor<Float>, into y: inout Tensor<Float>, start: Int = 0,
        rowStride: Int
    ) {
        let frameCount = frameCount(for: samples.shape.elementCount)
        precondition(
            spectrum.shape == [frameCount, 2 * binCount] && rowStride >= binCount
                && start + (frameCount - 1) * rowStride + binCount <= y.shape.elementCount,
            "\(spectrum.shape) and \(y.shape) for \(frameCount) frames of \(binCount) bins")
        var parts = spectrum.mutableSpan
        engine.multiply(
            RowView(samples.span, rowCount: frameCount, rowStride: hopSampleCount), by: basis, accumulating: false,
            into: &parts)
        var y = y.mutableSpan
        for t in 0..<frameCount {
            let (source, target) = (t * 2 * binCount, start + t * rowStride)
            for bin in 0..<binCount {
                let real = unsafe parts[unchecked: source + bin]
                let imaginary = unsafe parts[unchecked: source + binCount + bin]
                unsafe y[unchecked: target + bin] = (real * real + imaginary * imaginary).squareRoot()
            }
        }
    }
}
