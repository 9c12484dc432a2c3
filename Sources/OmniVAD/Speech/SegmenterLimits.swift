/// The options of a segmenter in samples. They need not be whole numbers, and the reference compares them as they are.
struct SegmenterLimits: Sendable {
    let threshold: Float
    let negativeThreshold: Float
    let minimumSpeech: Double
    let maximumSpeech: Double
    let minimumSilence: Double
    let minimumSilenceAtMaximum: Double
    let padding: Double

    init(_ options: SpeechTimestampOptions, windowSampleCount: Int, sampleRate: Int) {
        threshold = Float(options.threshold)
        negativeThreshold = Float(options.effectiveNegativeThreshold)
        minimumSpeech = Self.samples(options.minimumSpeech, sampleRate)
        minimumSilence = Self.samples(options.minimumSilence, sampleRate)
        minimumSilenceAtMaximum = Self.samples(options.minimumSilenceAtMaximum, sampleRate)
        let padding = Self.samples(options.padding, sampleRate)
        self.padding = padding
        // The window in which it shows and the padding are part of what may not be too long.
        maximumSpeech =
            options.maximumSpeech.map {
                Self.samples($0, sampleRate) - Double(windowSampleCount) - 2 * padding
            } ?? .infinity
    }

    private static func samples(_ duration: Duration, _ sampleRate: Int) -> Double {
        let (seconds, attoseconds) = duration.components
        // Whole milliseconds come out as whole numbers of samples wherever the reference's do.
        let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        return Double(sampleRate) * milliseconds / 1000
    }
}

/// A silence at which speech that goes on for too long would be cut.
struct CutCandidate: Sendable {
    /// Where the silence began.
    var silenceStart: Int
    /// Where speech came back; `nil` while it has not.
    var speechStart: Int?
}

/// Speech that is over, padded on the left.
struct PendingSegment: Sendable {
    var start: Int
    /// Unpadded.
    var end: Int
}
