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

extension SpeechSegmenter {
    /// One window, which starts at sample `now`.
    mutating func step(_ probability: Float, now: Int, _ events: inout [SpeechEvent]) {
        let isSpeech = probability >= limits.threshold
        if isSpeech, let silence = silenceStart { speechReturns(after: silence, now: now) }
        guard let start else {
            if isSpeech { begin(at: now, &events) }
            return
        }
        if Double(now - start) > limits.maximumSpeech {
            guard cutSpeech(from: start, now: now, &events) else { return }
        }
        if probability < limits.negativeThreshold { silenceGoesOn(now: now, &events) }
    }

    private mutating func begin(at sample: Int, _ events: inout [SpeechEvent]) {
        start = sample
        events.append(.began(sample: padded(start: sample)))
    }

    /// Speech is back before the silence was long enough to end it.
    private mutating func speechReturns(after silence: Int, now: Int) {
        silenceStart = nil
        switch options.cut {
        case .latestSilence:
            // Noted once: a later silence too short to be a candidate does not move where speech came back.
            if cut != nil, cut?.speechStart == nil { cut?.speechStart = now }
        case .longestSilence:
            guard Double(now - silence) > limits.minimumSilenceAtMaximum else { return }
            if let cut, let speechStart = cut.speechStart, speechStart - cut.silenceStart >= now - silence { return }
            cut = CutCandidate(silenceStart: silence, speechStart: now)
        }
    }

    /// Speech has gone on for too long. Returns whether this window is still to be looked at for silence.
    private mutating func cutSpeech(from start: Int, now: Int, _ events: inout [SpeechEvent]) -> Bool {
        silenceStart = nil
        self.start = nil
        guard let cut else {
            close(start..<now, &events)
            return false
        }
        self.cut = nil
        close(start..<cut.silenceStart, &events)
        if let speechStart = cut.speechStart { begin(at: speechStart, &events) }
        return true
    }

    private mutating func silenceGoesOn(now: Int, _ events: inout [SpeechEvent]) {
        guard let start else { return }
        let silence = silenceStart ?? now
        silenceStart = silence
        let sampleCount = Double(now - silence)
        if options.cut == .latestSilence, sampleCount > limits.minimumSilenceAtMaximum {
            cut = CutCandidate(silenceStart: silence, speechStart: nil)
        }
        guard sampleCount >= limits.minimumSilence else { return }
        self.start = nil
        silenceStart = nil
        cut = nil
        if Double(silence - start) > limits.minimumSpeech {
            close(start..<silence, &events)
        } else {
            events.append(.discarded(sample: padded(end: silence)))
        }
    }

    /// Speech that counts is over: its neighbour on the left gets its final end, itself its final start.
    mutating func close(_ speech: Range<Int>, _ events: inout [SpeechEvent]) {
        events.append(.ended(sample: padded(end: speech.upperBound)))
        var segmentStart = padded(start: speech.lowerBound)
        if let pending {
            let silence = speech.lowerBound - pending.end
            var end = padded(end: pending.end)
            if Double(silence) < 2 * limits.padding {
                end = pending.end + silence / 2
                segmentStart = max(0, speech.lowerBound - silence / 2)
            }
            events.append(.segment(SpeechSegment(pending.start..<max(pending.start, end))))
        }
        pending = PendingSegment(start: segmentStart, end: speech.upperBound)
    }

    /// Lets go of the pending segment once no later speech and no end of the recording can change its end.
    mutating func settle(lastWindowStart: Int, _ events: inout [SpeechEvent]) {
        guard let pending else { return }
        let earliestNextStart = start ?? windowCount * windowSampleCount
        // The recording has at least one sample of the last window.
        guard Double(earliestNextStart - pending.end) >= 2 * limits.padding,
            Double(lastWindowStart) >= Double(pending.end) + limits.padding
        else { return }
        events.append(.segment(SpeechSegment(pending.start..<max(pending.start, padded(end: pending.end)))))
        self.pending = nil
    }

    private func padded(start: Int) -> Int { Int(min(1e15, max(0, Double(start) - limits.padding))) }

    // Far beyond any recording, so that an absurd padding stays a number.
    private func padded(end: Int) -> Int { Int(min(1e15, max(0, Double(end) + limits.padding))) }
}
