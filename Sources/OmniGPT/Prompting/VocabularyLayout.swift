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
    package var audioRowCount: Int { Self.audioStreamCount * audioCount }
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

/// The tokens that mark places instead of standing for text or audio. Each vocabulary ends in 64 that are kept for
/// them.
public struct SpecialTokens: Sendable, Hashable {
    /// Tokens kept at the end of a vocabulary.
    package static let reservedCount = 64

    /// The first of them in the text vocabulary.
    package let textBase: Int32
    /// The first of them in an audio vocabulary, which is also how many codes there are.
    package let audioBase: Int32

    /// The special tokens of a layout.
    ///
    /// - Throws: ``OmniGPTError/noSpecialTokens(textVocabularyCount:audioVocabularyCount:)``.
    public init(_ layout: VocabularyLayout) throws(OmniGPTError) {
        guard layout.textCount > Self.reservedCount, layout.audioCount > Self.reservedCount else {
            throw .noSpecialTokens(textVocabularyCount: layout.textCount, audioVocabularyCount: layout.audioCount)
        }
        textBase = Int32(layout.textCount - Self.reservedCount)
        audioBase = Int32(layout.audioCount - Self.reservedCount)
    }

    /// The reply's text is over.
    public var textEnd: Int32 { textBase }
    /// Nothing in the text stream.
    public var textPad: Int32 { textBase + 1 }
    /// The question begins.
    public var textInput: Int32 { textBase + 2 }
    /// A reply is wanted.
    public var textAnswer: Int32 { textBase + 3 }
    /// A transcription is wanted.
    public var textTranscription: Int32 { textBase + 4 }

    /// The reply's audio is over.
    public var audioEnd: Int32 { audioBase }
    /// Nothing in an audio stream.
    public var audioPad: Int32 { audioBase + 1 }
    /// The question begins.
    public var audioInput: Int32 { audioBase + 2 }
    /// A spoken reply is wanted.
    public var audioAnswer: Int32 { audioBase + 3 }
    /// The reference's separator, which no prompt uses.
    public var audioSplit: Int32 { audioBase + 4 }
}
