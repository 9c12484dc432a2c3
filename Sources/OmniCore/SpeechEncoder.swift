/// Turns one utterance into the features that a language model listens to.
public protocol SpeechEncoder<Features>: Sendable {
    /// What the model hears; compared by the compiler with ``SpeechLanguageModel/Features``.
    associatedtype Features: Sendable
    /// One utterance in the encoding.
    associatedtype Encoding: SpeechEncoding<Features> = WholeEncoding<Self>

    /// The rate that ``encode(_:)`` expects, in Hz. The caller resamples.
    var inputSampleRate: Int { get }

    /// The longest utterance that is heard to its end, in samples; what is longer is cut there.
    var maximumSampleCount: Int { get }

    /// Encodes a whole utterance.
    ///
    /// - Throws: an error of the encoder's when the utterance cannot be encoded (wrong rate, samples that are not finite).
    func encode(_ utterance: AudioChunk) throws -> Features

    /// Stands ready to encode a whole utterance bit by bit. By default the first bit is all of it.
    ///
    /// - Throws: as ``encode(_:)``.
    func makeEncoding(of utterance: AudioChunk) throws -> Encoding
}

extension SpeechEncoder where Encoding == WholeEncoding<Self> {
    public func makeEncoding(of utterance: AudioChunk) -> WholeEncoding<Self> {
        WholeEncoding(encoder: self, utterance: utterance)
    }
}

/// One utterance in the encoding, so that others who share the machine need not wait for the whole. Not `Sendable`: it
/// belongs to whoever asked for it.
public protocol SpeechEncoding<Features> {
    /// What comes out.
    associatedtype Features: Sendable

    /// Computes the next part.
    ///
    /// - Returns: the features when they are ready, the same as the encoder's `encode(_:)` returns; `nil` before.
    mutating func advance() throws -> Features?
}

/// The encoding of an encoder that knows no parts.
public struct WholeEncoding<Encoder: SpeechEncoder>: SpeechEncoding {
    let encoder: Encoder
    let utterance: AudioChunk

    public func advance() throws -> Encoder.Features? { try encoder.encode(utterance) }
}
