/// Turns one utterance into the features that a language model listens to.
public protocol SpeechEncoder<Features>: Sendable {
    /// What the model hears; compared by the compiler with ``SpeechLanguageModel/Features``.
    associatedtype Features: Sendable
    /// One utterance while it is spoken. Unless there is something to compute meanwhile, the default will do: it
    /// collects the samples and encodes them at the end.
    associatedtype Stream: SpeechEncoderStream = CollectingEncoderStream<Self> where Stream.Features == Features

    /// The rate that ``encode(_:)`` expects, in Hz. The caller resamples.
    var inputSampleRate: Int { get }

    /// The longest utterance that is heard to its end, in samples; what is longer is cut there.
    var maximumSampleCount: Int { get }

    /// The shortest utterance that something can be said in, in samples: less is refused, since the model would answer
    /// to nothing with an invention. The default is 0.
    var minimumSampleCount: Int { get }

    /// Encodes a whole utterance.
    ///
    /// - Throws: ``AudioInputError/wrongSampleRate(expected:found:)``, ``AudioInputError/notFinite(sampleIndex:)``, or
    ///   an error of the encoder's.
    func encode(_ utterance: AudioChunk) throws -> Features

    /// A stream at sample 0.
    func makeStream() -> Stream
}

/// One utterance while it is spoken. Any chopping of the samples gives the features that
/// ``SpeechEncoder/encode(_:)`` gives the whole.
///
/// A copy is an utterance of its own. To encode what was said so far, a caller finishes a copy and pushes on to the
/// original.
public protocol SpeechEncoderStream<Features>: Sendable {
    /// What the model hears.
    associatedtype Features: Sendable
    /// The last of the work, in parts. Unless there are parts, the default will do.
    associatedtype Encoding: SpeechEncoding<Features> = WholeEncoding<Self>

    /// Takes the next samples, at the encoder's rate; what lies beyond ``SpeechEncoder/maximumSampleCount`` is left
    /// out.
    ///
    /// - Throws: ``AudioInputError/notFinite(sampleIndex:)``; nothing is taken then.
    mutating func push(_ samples: Span<Float>) throws

    /// The features of everything that was pushed.
    consuming func finish() throws -> Features

    /// As ``finish()``, but the work is left to be done part by part.
    consuming func makeEncoding() throws -> Encoding
}

extension SpeechEncoderStream where Encoding == WholeEncoding<Self> {
    /// All the work in one part.
    public consuming func makeEncoding() -> WholeEncoding<Self> { WholeEncoding(self) }
}

/// Collects the samples of an utterance and encodes them at the end.
public struct CollectingEncoderStream<Encoder: SpeechEncoder>: SpeechEncoderStream {
    private let encoder: Encoder
    private var samples: [Float] = []
    /// Samples that were pushed, those that were left out among them.
    private var pushedCount = 0

    /// A stream at sample 0.
    public init(_ encoder: Encoder) { self.encoder = encoder }

    public mutating func push(_ samples: Span<Float>) throws(AudioInputError) {
        try samples.requireFinite(firstIndex: pushedCount)
        pushedCount += samples.count
        let keptCount = min(samples.count, encoder.maximumSampleCount - self.samples.count)
        for index in 0..<keptCount { self.samples.append(samples[index]) }
    }

    public consuming func finish() throws -> Encoder.Features {
        try encoder.encode(AudioChunk(samples, sampleRate: encoder.inputSampleRate))
    }
}

extension SpeechEncoder {
    /// Every utterance is taken.
    public var minimumSampleCount: Int { 0 }
}

extension SpeechEncoder where Stream == CollectingEncoderStream<Self> {
    /// A stream that collects.
    public func makeStream() -> CollectingEncoderStream<Self> { CollectingEncoderStream(self) }
}

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
