/// Where an instant of collected speech was in the recording, before the silences between the segments were left out.
public struct SpeechTimestampsMap: Sendable, Hashable {
    /// The rate of the samples, in Hz.
    public let sampleRate: Int
    /// Digits after the point that restored instants have, in seconds.
    public let fractionDigitCount: Int
    /// Where each segment ends in the collected samples.
    public let chunkEnds: [Int]
    /// Samples of the recording that were left out before each segment.
    public let silentSamplesBefore: [Int]

    /// A map for segments in order, as a ``SpeechSegmenter`` makes them.
    public init(_ segments: [SpeechSegment], sampleRate: Int, fractionDigitCount: Int = 2) {
        precondition(sampleRate > 0, "a sample rate of \(sampleRate) Hz")
        self.sampleRate = sampleRate
        self.fractionDigitCount = fractionDigitCount
        var (ends, silences) = ([Int](), [Int]())
        var (previousEnd, silent) = (0, 0)
        for segment in segments {
            silent += segment.start - previousEnd
            previousEnd = segment.end
            ends.append(segment.end - silent)
            silences.append(silent)
        }
        chunkEnds = ends
        silentSamplesBefore = silences
    }

    /// Which segment holds an instant of the collected speech, in seconds; the last one beyond the end, `nil` when
    /// there are none or `seconds` is not finite.
    public func segmentIndex(at seconds: Double) -> Int? {
        let sample = seconds * Double(sampleRate)
        guard !chunkEnds.isEmpty, sample.isFinite else { return nil }
        // Segment ends are sorted: the first that lies behind.
        var (low, high) = (0, chunkEnds.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(chunkEnds[middle]) <= sample.rounded(.towardZero) { low = middle + 1 } else { high = middle }
        }
        return min(low, chunkEnds.count - 1)
    }

    /// The same instant in the recording, in seconds.
    ///
    /// - Parameters:
    ///   - seconds: an instant of the collected speech.
    ///   - segmentIndex: the segment it belongs to, when that is known: a word may end where the next segment begins.
    /// - Returns: `nil` when there is no such segment.
    public func originalTime(of seconds: Double, segmentIndex: Int? = nil) -> Double? {
        guard let index = segmentIndex ?? self.segmentIndex(at: seconds), silentSamplesBefore.indices.contains(index)
        else { return nil }
        let silence = Double(silentSamplesBefore[index]) / Double(sampleRate)
        return SpeechSegment.rounded(silence + seconds, fractionDigitCount)
    }
}
