/// What is wrong with a model's configuration, its tokenizer or the options of a call, with the facts. Faults of the
/// weights are `CheckpointError`s, those of the audio `AudioInputError`s.
public enum WhisperError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `config.json` cannot be read, or is not JSON of the right types.
    case unreadableConfiguration(file: String, reason: String)
    /// A dimension that no model can have, or that cannot be found out. `field` is its name in the file.
    case invalidConfiguration(field: String, reason: String)
    /// The checkpoint holds no Whisper encoder under any name that is in use.
    case noEncoder(file: String)
    /// The checkpoint holds no Whisper text decoder under any name that is in use.
    case noDecoder(file: String)
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
        case .unreadableConfiguration(let file, let reason): "\(file): \(reason)"
        case .invalidConfiguration(let field, let reason): "the configuration of Whisper: \(field): \(reason)"
        case .noEncoder(let file): "\(file): there is no Whisper encoder among the tensors"
        case .noDecoder(let file): "\(file): there is no Whisper text decoder among the tensors"
        case .mismatchedWidths(let encoder, let decoder):
            "the decoder takes features of \(decoder) values, the encoder makes them of \(encoder)"
        case .unknownVocabulary(let count, let textCount):
            "a vocabulary of \(count) tokens cannot be Whisper's: the tokenizer has \(textCount) tokens of text"
        case .unknownLanguage(let name): "\"\(name)\" is not a language that this Whisper model knows"
        case .invalidOption(let option, let reason): "\(option): \(reason)"
        }
    }
}
