/// The encoding of an utterance in parts, so that others who share the machine need not wait for the whole. Not
/// `Sendable`: it belongs to the task that asked for it.
public protocol SpeechEncoding<Features> {
    /// What comes out.
    associatedtype Features: Sendable

    /// Computes the next part.
    ///
    /// - Returns: the features when they are ready; `nil` before. Not to be called again then.
    mutating func advance() throws -> Features?
}

/// The encoding of a stream that knows no parts.
public struct WholeEncoding<Stream: SpeechEncoderStream>: SpeechEncoding {
    private let stream: Stream

    /// Everything is left to do.
    public init(_ stream: Stream) { self.stream = stream }

    public func advance() throws -> Stream.Features? { try stream.finish() }
}
