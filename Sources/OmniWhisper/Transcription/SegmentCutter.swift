import OmniCore

/// Cuts the tokens of a window into segments at pairs of timestamps.
struct SegmentCutter {
    private let result: DecodingResult
    private let vocabulary: WhisperVocabulary
    private let secondsPerPosition: Double

    init(_ result: DecodingResult, _ vocabulary: WhisperVocabulary, _ configuration: WhisperEncoder.Configuration) {
        self.result = result
        self.vocabulary = vocabulary
        secondsPerPosition = configuration.secondsPerPosition
    }

    /// The segments, and where the next window starts.
    struct Cut {
        var segments: [TranscriptSegment]
        /// Frames from this window's start to that of the next.
        var advancedFrameCount: Int
        /// Whether the last token alone is a timestamp: nothing is said behind it.
        var endsInSingleTimestamp: Bool
    }

    /// - Parameters:
    ///   - size: frames of audio in the window.
    ///   - seek: frames before the window.
    func cut(frameCount size: Int, seek: Int) -> Cut {
        let tokens = result.tokens.map { Int($0.rawValue) }
        let first = vocabulary.special.firstTimestamp
        let isTimestamp = tokens.map { $0 >= first }
        let endsInSingle = isTimestamp.suffix(2).elementsEqual([false, true])
        var ends = isTimestamp.indices.dropFirst().filter { isTimestamp[$0 - 1] && isTimestamp[$0] }
        let offset = Double(seek * WhisperAudio.hopLength) / Double(WhisperAudio.sampleRate)
        guard !ends.isEmpty else {
            var duration = Double(size * WhisperAudio.hopLength) / Double(WhisperAudio.sampleRate)
            if let last = tokens.last(where: { $0 >= first }), last != first {
                duration = Double(last - first) * secondsPerPosition
            }
            return Cut(
                segments: [segment(from: offset, to: offset + duration, tokens[...], seek: seek)],
                advancedFrameCount: size, endsInSingleTimestamp: endsInSingle)
        }
        if endsInSingle { ends.append(tokens.count) }
        var segments: [TranscriptSegment] = []
        var start = 0
        for end in ends {
            let part = tokens[start..<end]
            segments.append(
                segment(
                    from: offset + Double(tokens[start] - first) * secondsPerPosition,
                    to: offset + Double(tokens[end - 1] - first) * secondsPerPosition, part, seek: seek))
            start = end
        }
        // The unfinished segment is written again, from its start.
        let advanced = endsInSingle ? size : (tokens[start - 1] - first) * WhisperAudio.framesPerPosition
        return Cut(segments: segments, advancedFrameCount: advanced, endsInSingleTimestamp: endsInSingle)
    }

    private func segment(
        from start: Double, to end: Double, _ tokens: ArraySlice<Int>, seek: Int
    ) -> TranscriptSegment {
        var segment = TranscriptSegment(start: start, end: end, text: vocabulary.decode(tokens))
        segment.tokens = tokens.map { TokenID($0) }
        segment.seek = seek
        segment.temperature = result.temperature
        segment.averageLogProbability = result.averageLogProbability
        segment.compressionRatio = result.compressionRatio
        segment.noSpeechProbability = result.noSpeechProbability
        return segment
    }
}
