/// Turns probabilities of speech, one for each window, into ranges of samples: a pure machine, without clock, model or
/// audio.
///
/// Probabilities go in by ``push(_:)``, what becomes known comes out. Fed a whole recording, its
/// ``SpeechEvent/segment(_:)`` events are exactly the timestamps of the reference (`get_speech_timestamps` of Mini-Omni
/// and of Silero); its began and ended events with `minimumSpeech: .zero` are those of Silero's `VADIterator`. A
/// probability that is not a number is neither speech nor silence.
public struct SpeechSegmenter: Sendable {
    /// What counts as speech.
    public let options: SpeechTimestampOptions
    /// Samples between two probabilities.
    public let windowSampleCount: Int
    /// Windows pushed so far.
    public private(set) var windowCount = 0

    let limits: SegmenterLimits
    /// The first sample of speech that goes on, unpadded.
    var start: Int?
    /// Where the silence began that may end it.
    var silenceStart: Int?
    /// The silence at which speech would be cut that goes on for too long.
    var cut: CutCandidate?
    /// Speech that is over but whose padding on the right is open.
    var pending: PendingSegment?

    /// A machine before the first window.
    ///
    /// - Precondition: `windowSampleCount` and `sampleRate` are positive.
    public init(_ options: SpeechTimestampOptions, windowSampleCount: Int, sampleRate: Int) {
        precondition(
            windowSampleCount > 0 && sampleRate > 0, "windows of \(windowSampleCount) samples at \(sampleRate) Hz")
        self.options = options
        self.windowSampleCount = windowSampleCount
        limits = SegmenterLimits(options, windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }

    /// Whether speech has begun and not ended, as far as the windows so far tell.
    public var isInSpeech: Bool { start != nil }

    /// Takes the probability of the next window.
    public mutating func push(_ probability: Float) -> [SpeechEvent] {
        var events: [SpeechEvent] = []
        let now = windowCount * windowSampleCount
        step(probability, now: now, &events)
        windowCount += 1
        settle(lastWindowStart: now, &events)
        return events
    }

    /// Ends the recording.
    ///
    /// - Parameter sampleCount: its length; `nil` when the last window was full.
    public mutating func finish(sampleCount: Int? = nil) -> [SpeechEvent] {
        var events: [SpeechEvent] = []
        let sampleCount = sampleCount ?? windowCount * windowSampleCount
        if let start {
            if Double(sampleCount - start) > limits.minimumSpeech {
                close(start..<max(start, sampleCount), &events)
            } else {
                events.append(.discarded(sample: sampleCount))
            }
        }
        if let pending {
            let end = min(Double(sampleCount), Double(pending.end) + limits.padding)
            events.append(.segment(SpeechSegment(pending.start..<max(pending.start, Int(max(end, 0))))))
        }
        start = nil
        silenceStart = nil
        cut = nil
        pending = nil
        return events
    }

    /// The timestamps of a whole recording.
    ///
    /// - Parameters:
    ///   - probabilities: one for each window.
    ///   - sampleCount: the length of the recording, which may end inside the last window.
    ///   - options: what counts as speech.
    ///   - windowSampleCount: samples between two probabilities.
    ///   - sampleRate: the rate of the samples, in Hz.
    public static func segments(
        of probabilities: some Sequence<Float>, sampleCount: Int, _ options: SpeechTimestampOptions,
        windowSampleCount: Int, sampleRate: Int
    ) -> [SpeechSegment] {
        var machine = SpeechSegmenter(options, windowSampleCount: windowSampleCount, sampleRate: sampleRate)
        var segments: [SpeechSegment] = []
        func take(_ events: [SpeechEvent]) {
            for case .segment(let segment) in events { segments.append(segment) }
        }
        for probability in probabilities { take(machine.push(probability)) }
        take(machine.finish(sampleCount: sampleCount))
        return segments
    }
}
