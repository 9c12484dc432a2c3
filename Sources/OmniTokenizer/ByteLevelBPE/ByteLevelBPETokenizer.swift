public import OmniCore

/// Byte-level byte-pair encoding as published in Hugging Face's `tokenizer.json` (GPT-2, Qwen2, Llama 3): every byte
/// has a token, so every text has ids and comes back from them unchanged but for its normal form.
///
/// The value is immutable; any number of tasks may use it at once.
public struct ByteLevelBPETokenizer: Tokenizer {
    let vocabulary: Vocabulary
    /// The bytes that an id stands for, one piece after another, and where they start; one more start than ids.
    let decodedBytes: [UInt8]
    let decodedStarts: [UInt32]
    /// The id of each byte; -1 for a byte without one.
    let byteSymbols: [Int32]
    let merges: MergeTable
    /// Whether a word that is a piece is not taken apart.
    let ignoresMergesForPieces: Bool
    /// What stands for a byte without a piece, and whether several of them in a row share one.
    let unknown: TokenID?
    let fusesUnknown: Bool
    let preTokenizer: PreTokenizer
    /// How pieces become text.
    let spelling: PieceSpelling
    let composesCanonically: Bool
    /// Tokens looked for in the text as it is, and in its normal form.
    let rawTokens: AddedTokenFinder
    let normalizedTokens: AddedTokenFinder
    let addedTokens: [TokenID: AddedToken]
    let addedIDs: [[UInt8]: TokenID]
    /// What the file puts around every text.
    let prefix: [TokenID]
    let suffix: [TokenID]
    /// How many ids a text may have, and how many it has at least.
    let limits: TextLimits

    /// One more than the largest id; ids without a token in between count.
    public var vocabularyCount: Int {
        max(vocabulary.idLimit, (addedTokens.keys.max().map { Int($0.rawValue) } ?? -1) + 1)
    }

    /// The number of pieces without those added on top.
    public var baseVocabularyCount: Int { vocabulary.count }

    /// The ids of tokens that are left out when text is made from ids, ascending.
    public var specialTokens: [TokenID] { addedTokens.values.filter(\.isSpecial).map(\.id).sorted() }

    /// The id of a piece in the spelling of the file: a space is "Ġ".
    public func id(for piece: String) -> TokenID? {
        let bytes = Array(piece.utf8)
        return addedIDs[bytes] ?? vocabulary.id(of: bytes).map { TokenID($0) }
    }

    /// The piece of an id in the spelling of the file; `nil` for an id that has none.
    public func piece(for id: TokenID) -> String? {
        if let token = addedTokens[id] { return token.content }
        return vocabulary.piece(of: Int(id.rawValue)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A decoder that leaves special tokens out.
    public func makeStreamDecoder() -> StreamDecoder { makeStreamDecoder(keepingSpecialTokens: false) }

    /// A decoder that never emits half a scalar.
    public func makeStreamDecoder(keepingSpecialTokens: Bool) -> StreamDecoder {
        StreamDecoder(self, keepingSpecialTokens: keepingSpecialTokens)
    }
}
