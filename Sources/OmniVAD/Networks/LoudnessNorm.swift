import OmniTensor

/// Version 4's adaptive normalisation: `log(1 + scale · magnitude)` minus its mean over all bins and frames, where the
/// means of frames are first smoothed over time.
struct LoudnessNorm: Sendable {
    private let filter: [Float]
    private let scale: Float

    /// Reads `smoothing` `[1, 1, K]`.
    init(_ weights: WeightScope, scale: Float) throws {
        let extents = try weights.extents("smoothing", rank: 3)
        guard extents[0] == 1, extents[1] == 1, extents[2] % 2 == 1, scale.isFinite else {
            throw CheckpointError(
                .shapeMismatch, file: weights.file, tensor: weights.path(of: "smoothing"),
                reason: "\(Shape(extents)) times \(scale) does not smooth one row of an odd number of means")
        }
        filter = try weights.finite("smoothing", Shape(extents)).scalars
        self.scale = scale
    }

    /// The smoothing mirrors this many frames at either end, so there must be more.
    var reach: Int { filter.count / 2 }

    /// The first rows `[T, 2 · binCount]` of `flow`, which hold magnitudes in their first half, get the normalised
    /// logarithms in the second.
    /// `means` `[T]` is scratch.
    func callAsFunction(_ flow: inout Tensor<Float>, binCount: Int, means: inout Tensor<Float>) {
        let frameCount = means.shape.elementCount
        precondition(
            flow.shape.elementCount >= frameCount * 2 * binCount && frameCount > reach,
            "\(flow.shape) for \(frameCount) frames of \(binCount) bins")
        var rows = flow.mutableSpan
        var means = means.mutableSpan
        for t in 0..<frameCount {
            let start = t * 2 * binCount
            var sum: Float = 0
            for bin in 0..<binCount {
                let value = ScalarMath.log(1 + scale * (unsafe rows[unchecked: start + bin]))
                unsafe rows[unchecked: start + binCount + bin] = value
                sum += value
            }
            means[t] = sum / Float(binCount)
        }
        var mean: Float = 0
        for t in 0..<frameCount {
            for (tap, weight) in filter.enumerated() {
                var source = abs(t + tap - reach)
                if source >= frameCount { source = 2 * (frameCount - 1) - source }
                mean += weight * means[source]
            }
        }
        mean /= Float(frameCount)
        for t in 0..<frameCount {
            let start = t * 2 * binCount + binCount
            for bin in 0..<binCount { unsafe rows[unchecked: start + bin] -= mean }
        }
    }
}
