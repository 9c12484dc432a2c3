/// What goes in and what comes out. The raw values are the short names of the Mini-Omni paper: `a` audio, `t` text,
/// 1 in, 2 out.
public enum ReplyMode: String, Sendable, Hashable, CaseIterable, Codable {
    /// A spoken question, answered in speech and text.
    case speechToSpeech = "a1a2"
    /// A spoken question, written down.
    case transcription = "a1t1"
    /// A spoken question, answered in text.
    case speechToText = "a1t2"
    /// A written question, answered in speech and text.
    case textToSpeech = "t1a2"
    /// A written question, answered in text.
    case textToText = "t1t2"
    /// ``speechToSpeech`` and ``speechToText`` side by side as two rows, the second lending its text to the first.
    /// Twice the arithmetic, the best replies; the reference's default for conversation.
    case speechToSpeechBatch = "a1a2-batch"

    /// Whether the question is spoken.
    public var listens: Bool {
        switch self {
        case .speechToSpeech, .transcription, .speechToText, .speechToSpeechBatch: true
        case .textToSpeech, .textToText: false
        }
    }

    /// Whether the reply is spoken.
    public var speaks: Bool {
        switch self {
        case .speechToSpeech, .textToSpeech, .speechToSpeechBatch: true
        case .transcription, .speechToText, .textToText: false
        }
    }
}
