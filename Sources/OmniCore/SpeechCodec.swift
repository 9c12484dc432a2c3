/// Turns codec frames into audio.
public protocol SpeechCodec: Sendable {
    /// The state of one stream of audio.
    associatedtype Stream: SpeechCodecStream

    /// The rate of what a stream returns, in Hz.
    var outputSampleRate: Int { get }

    /// Samples that one frame lasts: places the text of a reply on its audio.
    var samplesPerFrame: Int { get }

    /// A fresh stream, at sample 0.
    func makeStream() throws -> Stream

    /// A fresh stream for a thread beside the one that the language model computes on: it keeps to the thread that
    /// calls it. The samples are the same. `nil` when there is no thread to spare: then audio is made between the
    /// steps.
    func makeConcurrentStream() throws -> Stream?
}

extension SpeechCodec {
    /// No thread to spare.
    public func makeConcurrentStream() throws -> Stream? { nil }
}

/// One stream of audio in the making. Any chopping of the frames gives the same samples.
public protocol SpeechCodecStream<Frame>: SendableMetatype {
    /// What a language model emits.
    associatedtype Frame: Sendable

    /// Takes the next frame; `nil` while more context is needed.
    ///
    /// - Throws: when a code is outside its codebook.
    mutating func push(_ frame: Frame) throws -> AudioChunk?

    /// The samples still held back; `nil` when there are none.
    mutating func finish() throws -> AudioChunk?
}
