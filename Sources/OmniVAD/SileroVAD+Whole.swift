public import OmniCore

extension SileroVAD {
    /// The probability of speech in each window of a recording, the last one filled up with zeros; empty for an empty
    /// recording.
    ///
    /// - Throws: ``SileroVADError/Code/wrongSampleRate``, ``SileroVADError/Code/notFinite``.
    public func probabilities(of audio: AudioChunk) throws(SileroVADError) -> [Float] {
        guard audio.sampleRate == sampleRate else {
            throw SileroVADError(
                .wrongSampleRate,
                reason: "the model listens at \(sampleRate) Hz, but the sound has \(audio.sampleRate) Hz")
        }
        if let index = audio.samples.firstIndex(where: { !$0.isFinite }) {
            throw SileroVADError(.notFinite, reason: "sample \(index) is not a finite number")
        }
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
            guard probability.isFinite else {
                throw SileroVADError(
                    .notFinite, reason: "the samples \(start)..<\(end) are so large that the network overflows")
            }
            probabilities.append(probability)
        }
        return probabilities
    }

    /// The speech in a recording: the reference's `get_speech_timestamps`.
    ///
    /// - Throws: as ``probabilities(of:)``.
    public func speechSegments(
        in audio: AudioChunk, _ options: SpeechTimestampOptions = .miniOmni
    ) throws(SileroVADError) -> [SpeechSegment] {
        SpeechSegmenter.segments(
            of: try probabilities(of: audio), sampleCount: audio.samples.count, options,
            windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }

    /// A machine that turns this model's probabilities into segments as they come.
    public func makeSegmenter(_ options: SpeechTimestampOptions = .miniOmni) -> SpeechSegmenter {
        SpeechSegmenter(options, windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }
}
