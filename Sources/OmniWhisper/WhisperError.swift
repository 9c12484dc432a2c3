/// What is wrong between the parts of a model, or with the options of a call, with the facts. Faults of the
/// configuration are `ModelConfigurationError`s, those of the weights `CheckpointError`s, those of the audio
/// `AudioInputError`s.
public enum WhisperError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Encoder and decoder of one file do not fit together.
    case mismatchedWidths(encoder: Int, decoder: Int)
    /// A vocabulary of this size cannot hold Whisper's special tokens after `textTokenCount` tokens of text.
    case unknownVocabulary(vocabularyCount: Int, textTokenCount: Int)
    /// A language that Whisper, or this model, does not know, as the caller spelt it.
    case unknownLanguage(String)
    /// An option that cannot be, or that the model cannot follow. `option` is its name.
    case invalidOption(option: String, reason: String)

    public var description: String {
        switch self {
        case .mismatchedWidths(let encoder, let decoder):
            "the decoder takes features of \(decoder) values, the encoder makes them of \(encoder)"
        case .unknownVocabulary(let count, let textCount):
            "a vocabulary of \(count) tokens cannot be Whisper's: the tokenizer has \(textCount) tokens of text"
        case .unknownLanguage(let name): "\"\(name)\" is not a language that this Whisper model knows"
        case .invalidOption(let option, let reason): "\(option): \(reason)"
        }
    }
}
