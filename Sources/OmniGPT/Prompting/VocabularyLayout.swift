/// Where tokens are found in the shared table: text first, then seven audio vocabularies one after the other.
///
/// Only here is a token made into a row (the reference's "layer shift"), so that it cannot be shifted twice.
public struct VocabularyLayout: Sendable, Hashable {
    /// Streams of audio tokens.
    public static let audioStreamCount = 7

    /// Text tokens, special ones included.
    public let textCount: Int
    /// Audio tokens of one stream, special ones included.
    public let audioCount: Int

    /// A layout of these extents.
    public init(textCount: Int, audioCount: Int) {
        self.textCount = textCount
        self.audioCount = audioCount
    }

    /// Rows that audio tokens can have, all streams together.
    public var audioRowCount: Int { Self.audioStreamCount * audioCount }
    /// Rows that tokens can have.
    public var rowCount: Int { textCount + audioRowCount }

    /// The row of a text token.
    public func row(ofText token: Int32) -> Int {
        precondition(token >= 0 && token < textCount, "text token \(token) of \(textCount)")
        return Int(token)
    }

    /// The row of an audio token of stream `stream`, 0…6.
    public func row(ofAudio token: Int32, stream: Int) -> Int {
        precondition(stream >= 0 && stream < Self.audioStreamCount, "audio stream \(stream)")
        precondition(token >= 0 && token < audioCount, "audio token \(token) of \(audioCount)")
        return textCount + stream * audioCount + Int(token)
    }
}
