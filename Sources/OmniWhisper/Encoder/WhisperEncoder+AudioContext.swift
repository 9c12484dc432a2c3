extension WhisperEncoder {
    /// How much of the context an utterance is encoded in.
    public enum AudioContext: String, Sendable, Hashable, CaseIterable {
        /// All of it, padded with silence, as the reference does and as Whisper was trained: exact, and always the same
        /// work.
        case whole
        /// What was said and a second of silence after it. Work is in proportion to the utterance; features differ,
        /// since attention sees less silence than in training.
        case trimmed
    }

    /// Silence that is kept after a trimmed utterance: attention wants some place to go.
    private static var trailingPositionCount: Int { 50 }

    /// Positions to encode for `rowCount` rows of features.
    func positionCount(forRowCount rowCount: Int) -> Int {
        switch audioContext {
        case .whole: configuration.contextLength
        case .trimmed: min(rowCount + Self.trailingPositionCount, configuration.contextLength)
        }
    }
}
