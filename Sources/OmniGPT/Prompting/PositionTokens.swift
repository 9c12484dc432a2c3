/// The eight tokens of one position: seven of the audio streams, one of the text stream. Not shifted; only
/// ``VocabularyLayout`` makes rows.
public struct PositionTokens: Sendable, Hashable {
    private var lanes: SIMD8<Int32>

    /// The same token in all audio streams, and a text token.
    public init(audio: Int32, text: Int32) {
        lanes = SIMD8(repeating: audio)
        lanes[7] = text
    }

    /// Streams 0…6, then text.
    public init(_ streams: some Collection<Int32>) {
        precondition(streams.count == 8, "a position has 8 tokens, not \(streams.count)")
        lanes = .zero
        for (stream, token) in streams.enumerated() { lanes[stream] = token }
    }

    /// The token of an audio stream, 0…6.
    public subscript(audio stream: Int) -> Int32 {
        get {
            precondition(stream >= 0 && stream < 7, "audio stream \(stream)")
            return lanes[stream]
        }
        set {
            precondition(stream >= 0 && stream < 7, "audio stream \(stream)")
            lanes[stream] = newValue
        }
    }

    /// The token of the text stream.
    public var text: Int32 {
        get { lanes[7] }
        set { lanes[7] = newValue }
    }
}
