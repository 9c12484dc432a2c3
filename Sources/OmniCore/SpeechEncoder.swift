/// Turns one utterance into the features that a language model listens to.
public protocol SpeechEncoder<Features>: Sendable {
    /// What the model hears; compared by the compiler with ``SpeechLanguageModel/Features``.
    associatedtype Features: Sendable

    /// The rate that ``encode(_:)`` expects, in Hz. The caller resamples.
    var inputSampleRate: Int { get }

    /// The longest utterance that is heard to its end, in samples; what is longer is cut there.
    var maximumSampleCount: Int { get }

    /// Encodes a whole utterance.
    ///
    /// - Throws: an error of the encoder's when the utterance cannot be encoded (wrong rate, samples that are not finite).
    func encode(_ utterance: AudioChunk) throws -> Features
}
