package import OmniTensor

/// Whisper's mel filters: triangles on Slaney's scale (linear to 1 kHz, logarithmic above) between 0 and 8 kHz, each
/// scaled to the same area. They are computed, and equal the `mel_filters.npz` that openai-whisper ships.
///
/// A triangle covers few of the 201 frequencies, so a filter is kept as a run of weights.
package struct MelFilterBank: Sendable {
    /// Filters, `M`: 80 in most models, 128 in large-v3.
    package let binCount: Int

    /// The weights of all runs, one after the other.
    let weights: [Float]
    /// Where each run begins: in ``weights``, and at which frequency. One more than there are filters, to end the last.
    let runs: [Run]

    struct Run: Sendable {
        var start: Int
        var firstFrequency: Int
    }

    /// - Precondition: `binCount` is positive.
    package init(binCount: Int) {
        precondition(binCount > 0, "\(binCount) mel bins")
        self.binCount = binCount
        let frequencyStep = Double(WhisperAudio.sampleRate) / Double(WhisperAudio.windowLength)
        let top = Self.mel(fromHertz: Double(WhisperAudio.sampleRate) / 2)
        let edges = (0..<binCount + 2).map { Self.hertz(fromMel: top * Double($0) / Double(binCount + 1)) }
        var weights: [Float] = []
        var runs: [Run] = []
        for bin in 0..<binCount {
            let (lower, centre, upper) = (edges[bin], edges[bin + 1], edges[bin + 2])
            let triangle = (0..<WhisperAudio.frequencyCount).map { index in
                let frequency = Double(index) * frequencyStep
                let slope = min((frequency - lower) / (centre - lower), (upper - frequency) / (upper - centre))
                // Rounded before and after the scaling, as the published filters were.
                return Float(Double(Float(max(0, slope))) * 2 / (upper - lower))
            }
            let first = triangle.firstIndex { $0 > 0 } ?? 0
            let end = (triangle.lastIndex { $0 > 0 } ?? -1) + 1
            runs.append(Run(start: weights.count, firstFrequency: first))
            weights += triangle[first..<max(first, end)]
        }
        runs.append(Run(start: weights.count, firstFrequency: 0))
        self.weights = weights
        self.runs = runs
    }

    /// All filters `[M, 201]`, a column for every 40 Hz.
    package var matrix: Tensor<Float> {
        var matrix = Tensor<Float>(zeros: [binCount, WhisperAudio.frequencyCount])
        var span = matrix.mutableSpan
        for bin in 0..<binCount {
            let row = bin * WhisperAudio.frequencyCount + runs[bin].firstFrequency - runs[bin].start
            for index in runs[bin].start..<runs[bin + 1].start { span[row + index] = weights[index] }
        }
        return matrix
    }

    // MARK: Slaney's scale

    private static let hertzPerMel = 200.0 / 3
    /// Where the scale turns logarithmic.
    private static let breakHertz = 1000.0
    private static let breakMel = breakHertz / hertzPerMel
    /// 27 mels above the break for a factor of 6.4.
    private static let logStep = ScalarMath.log(6.4) / 27

    private static func mel(fromHertz hertz: Double) -> Double {
        hertz < breakHertz ? hertz / hertzPerMel : breakMel + ScalarMath.log(hertz / breakHertz) / logStep
    }

    private static func hertz(fromMel mel: Double) -> Double {
        mel < breakMel ? mel * hertzPerMel : breakHertz * ScalarMath.exp(logStep * (mel - breakMel))
    }
}
