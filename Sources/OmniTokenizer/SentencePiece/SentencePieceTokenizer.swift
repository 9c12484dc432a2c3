public import OmniCore

/// SentencePiece (Kudo and Richardson 2018) as published in `tokenizer.model` files: byte-pair encoding or a unigram
/// language model over normalised text in which "▁" stands for a space.
///
/// The value is immutable; any number of tasks may use it at once.
public struct SentencePieceTokenizer: Tokenizer {
    let vocabulary: Vocabulary
    let kinds: [SentencePieceModel.Kind]
    let scores: [Float]
    let normalizer: SentencePieceNormalizer
    let segmentation: Segmentation
    /// The piece for what the vocabulary lacks.
    let unknown: Int
    /// What is said in its place.
    let unknownSurface: String
    /// The ids of the 256 byte pieces; `nil` when bytes are not fallen back to.
    let byteTokens: [TokenID]?
    /// The byte of each id; -1 for what is no byte piece.
    let bytes: [Int16]

    /// How text is cut into pieces.
    enum Segmentation: Sendable {
        case bytePairEncoding(mergesWithinWords: Bool)
        case unigram(UnigramModel)
        case words
        case characters
    }

    /// The control token before a text, `<s>` unless the file says otherwise; `nil` when there is none.
    public let beginningOfText: TokenID?
    /// The control token after a text, `</s>` unless the file says otherwise; `nil` when there is none.
    public let endOfText: TokenID?

    /// The number of pieces, all kinds counted.
    public var vocabularyCount: Int { kinds.count }

    /// The id of a piece in the spelling of the file: a space is "▁".
    public func id(for piece: String) -> TokenID? {
        vocabulary.id(of: Array(piece.utf8)).map { TokenID($0) }
    }

    /// The piece of an id in the spelling of the file; `nil` for an id that has none.
    public func piece(for id: TokenID) -> String? {
        vocabulary.piece(of: Int(id.rawValue)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A decoder that leaves control tokens out.
    public func makeStreamDecoder() -> StreamDecoder { makeStreamDecoder(keepingSpecialTokens: false) }

    /// A decoder that never emits half a scalar.
    public func makeStreamDecoder(keepingSpecialTokens: Bool) -> StreamDecoder {
        StreamDecoder(self, keepingSpecialTokens: keepingSpecialTokens)
    }
}
