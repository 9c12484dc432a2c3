public import OmniCore

/// What is wrong with what a decoder is asked, with the facts. Faults of its configuration are
/// `ModelConfigurationError`s, those of the weights `CheckpointError`s.
public enum OmniGPTError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The vocabularies have no room for the special tokens that prompts are made of.
    case noSpecialTokens(textVocabularyCount: Int, audioVocabularyCount: Int)
    /// A spoken question in a mode that reads, or a written one in a mode that listens.
    case questionDoesNotFit(mode: ReplyMode)
    /// A token that the text vocabulary does not have.
    case tokenOutOfRange(TokenID, vocabularyCount: Int)
    /// Speech features of another width than the adapter takes.
    case wrongFeatureWidth(expected: Int, found: Int)
    /// A prompt that leaves no position for a reply.
    case promptTooLong(positionCount: Int, maximumPositionCount: Int)
    /// Options that nothing can be chosen by.
    case invalidOptions(field: String, reason: String)

    public var description: String {
        switch self {
        case .noSpecialTokens(let text, let audio):
            "a vocabulary of \(text) text and \(audio) audio tokens has no room for special tokens"
        case .questionDoesNotFit(let mode):
            "mode \(mode.rawValue) takes a \(mode.listens ? "spoken" : "written") question"
        case .tokenOutOfRange(let token, let count): "token \(token) is outside the vocabulary of \(count)"
        case .wrongFeatureWidth(let expected, let found):
            "speech features must be \(expected) values wide but are \(found)"
        case .promptTooLong(let count, let maximum):
            "the prompt takes \(count) positions of \(maximum), which leaves none for a reply"
        case .invalidOptions(let field, let reason): "\(field): \(reason)"
        }
    }
}
