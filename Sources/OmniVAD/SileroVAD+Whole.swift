public import OmniCore

extension SileroVAD {
    /// The probability of speech in each window of a recording, the last one filled up with zeros; empty for an empty
    /// recording.
    ///
    /// - Throws: `AudioInputError.wrongSampleRate`, `AudioInputError.notFinite`, `AudioInputError.tooLoud`.
    public func probabilities(of audio: AudioChunk) throws(AudioInputError) -> [Float] {
        try audio.require(sampleRate: sampleRate)
        try audio.samples.span.requireFinite()
        let samples = audio.samples
        var state = makeState()
        var probabilities: [Float] = []
        probabilities.reserveCapacity(samples.count / windowSampleCount + 1)
        for start in stride(from: 0, to: samples.count, by: windowSampleCount) {
            let end = min(start + windowSampleCount, samples.count)
            var probability: Float
            if end - start == windowSampleCount {
                probability = speechProbability(in: samples.span.extracting(start..<end), state: &state)
            } else {
                let last = samples[start..<end] + [Float](repeating: 0, count: windowSampleCount - (end - start))
                probability = speechProbability(in: Array(last).span, state: &state)
            }
            guard probability.isFinite else { throw .tooLoud(sampleIndices: start..<end) }
            probabilities.append(probability)
        }
        return probabilities
    }

    /// The speech in a recording: the reference's `get_speech_timestamps`.
    ///
    /// - Throws: as ``probabilities(of:)``.
    public func speechSegments(
        in audio: AudioChunk, _ options: SpeechTimestampOptions = .miniOmni
    ) throws(AudioInputError) -> [SpeechSegment] {
        SpeechSegmenter.segments(
            of: try probabilities(of: audio), sampleCount: audio.samples.count, options,
            windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }

    /// A machine that turns this model's probabilities into segments as they come.
    public func makeSegmenter(_ options: SpeechTimestampOptions = .miniOmni) -> SpeechSegmenter {
        SpeechSegmenter(options, windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }
}
