/// Why audio cannot be taken, with the facts. Every part throws this type for faults of its audio input.
public enum AudioInputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sample is infinite or not a number. The index counts from the start of the recording or the stream.
    case notFinite(sampleIndex: Int)
    /// Samples so large that computing with them overflows.
    case tooLoud(sampleIndices: Range<Int>)
    /// Audio at another rate than the part's, in Hz.
    case wrongSampleRate(expected: Int, found: Int)
    /// Rates in Hz between which nothing is resampled: not positive, not below 2³², or a factor of more than 256
    /// apart.
    case unsupportedResampling(from: Int, to: Int)
    /// Audio for a stream that has ended.
    case streamFinished
    /// A recording shorter than any word.
    case tooShort(Duration, minimum: Duration)
    /// A recording whose samples are all equal, so that nothing is said in it.
    case silent(Duration)

    public var description: String {
        switch self {
        case .notFinite(let index): "sample \(index) is not a finite number"
        case .tooLoud(let indices):
            "the samples \(indices.lowerBound)..<\(indices.upperBound) are so large that computing with them overflows"
        case .wrongSampleRate(let expected, let found): "audio at \(expected) Hz is needed, not at \(found) Hz"
        case .unsupportedResampling(let from, let to): "audio at \(from) Hz cannot be resampled to \(to) Hz"
        case .streamFinished: "the stream has ended and takes no more audio"
        case .tooShort(let duration, let minimum):
            "the audio is too short: \(Self.milliseconds(duration)) ms, at least \(Self.milliseconds(minimum)) are "
                + "needed"
        case .silent(let duration):
            "the audio is silent: all samples of its \(Self.milliseconds(duration)) ms are equal"
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}

extension AudioChunk {
    /// Requires the sample rate of a part, in Hz.
    package func require(sampleRate expected: Int) throws(AudioInputError) {
        guard sampleRate == expected else { throw .wrongSampleRate(expected: expected, found: sampleRate) }
    }
}

extension Span<Float> {
    /// Requires samples that are finite numbers. `firstIndex` is the index of the first in the recording or stream.
    package func requireFinite(firstIndex: Int = 0) throws(AudioInputError) {
        for index in indices where !self[index].isFinite { throw .notFinite(sampleIndex: firstIndex + index) }
    }
}
