/// What a transcriber writes.
public enum TranscriptionTask: String, Sendable, Hashable, CaseIterable, Codable {
    /// What was said, in its language.
    case transcribe
    /// What was said, in English.
    case translate
}
