public import OmniCore

/// The tokenizer of a model directory, whichever kind it is, with the marks that the model wants around a text.
///
/// Marks follow LitGPT's `Tokenizer`, which Mini-Omni uses: the ids of both ends come from `tokenizer_config.json`,
/// else `generation_config.json`, else the SentencePiece file.
public struct TextTokenizer: Tokenizer {
    /// The two kinds.
    public enum Model: Sendable {
        /// From `tokenizer.json`.
        case byteLevelBPE(ByteLevelBPETokenizer)
        /// From `tokenizer.model`.
        case sentencePiece(SentencePieceTokenizer)
    }

    /// What makes the ids.
    public let model: Model
    /// The token before a text; `nil` when there is none.
    public let beginningOfText: TokenID?
    /// The token after a text; `nil` when there is none.
    public let endOfText: TokenID?
    /// Whether texts start with ``beginningOfText`` unless asked otherwise.
    public let addsBeginningOfText: Bool
    /// Why the `tokenizer.json` of the directory was not read, and its `tokenizer.model` was; `nil` otherwise.
    public internal(set) var passedOver: TokenizerError?

    /// Puts marks on a tokenizer.
    ///
    /// - Precondition: `addsBeginningOfText` needs a `beginningOfText`.
    public init(_ model: Model, beginningOfText: TokenID?, endOfText: TokenID?, addsBeginningOfText: Bool = false) {
        precondition(!addsBeginningOfText || beginningOfText != nil, "no token to begin texts with")
        self.model = model
        self.beginningOfText = beginningOfText
        self.endOfText = endOfText
        self.addsBeginningOfText = addsBeginningOfText
    }

    /// The ids of `text`, special tokens in it recognised.
    public func encode(_ text: String) -> [TokenID] { encode(text, beginning: nil) }

    /// The ids of `text` with marks. A mark that stands there already is not put there again.
    ///
    /// - Parameters:
    ///   - text: any text; special tokens in it are recognised.
    ///   - beginning: whether ``beginningOfText`` comes first; `nil` for what the model wants.
    ///   - end: whether ``endOfText`` comes last.
    ///   - maximumCount: how many ids are kept, marks counted; `nil` for all.
    /// - Precondition: the token of a mark that is asked for exists.
    public func encode(
        _ text: String, beginning: Bool?, end: Bool = false, maximumCount: Int? = nil
    ) -> [TokenID] {
        var tokens: [TokenID]
        switch model {
        case .byteLevelBPE(let tokenizer): tokens = tokenizer.encode(text)
        case .sentencePiece(let tokenizer): tokens = tokenizer.encode(text)
        }
        if beginning ?? addsBeginningOfText {
            guard let mark = beginningOfText else { preconditionFailure("no token to begin texts with") }
            if tokens.first != mark { tokens.insert(mark, at: 0) }
        }
        if end {
            guard let mark = endOfText else { preconditionFailure("no token to end texts with") }
            if tokens.last != mark { tokens.append(mark) }
        }
        if let maximumCount { tokens.removeLast(max(0, tokens.count - max(0, maximumCount))) }
        return tokens
    }

    /// The text of `tokens`. Ids outside the vocabulary are skipped, special tokens only kept on request.
    public func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String {
        switch model {
        case .byteLevelBPE(let tokenizer): tokenizer.decode(tokens, keepingSpecialTokens: keepingSpecialTokens)
        case .sentencePiece(let tokenizer): tokenizer.decode(tokens, keepingSpecialTokens: keepingSpecialTokens)
        }
    }

    /// A decoder that leaves special tokens out.
    public func makeStreamDecoder() -> StreamDecoder { makeStreamDecoder(keepingSpecialTokens: false) }

    /// A decoder that never emits half a scalar.
    public func makeStreamDecoder(keepingSpecialTokens: Bool) -> StreamDecoder {
        switch model {
        case .byteLevelBPE(let tokenizer):
            .byteLevelBPE(tokenizer.makeStreamDecoder(keepingSpecialTokens: keepingSpecialTokens))
        case .sentencePiece(let tokenizer):
            .sentencePiece(tokenizer.makeStreamDecoder(keepingSpecialTokens: keepingSpecialTokens))
        }
    }

    /// One more than the largest id.
    public var vocabularyCount: Int {
        switch model {
        case .byteLevelBPE(let tokenizer): tokenizer.vocabularyCount
        case .sentencePiece(let tokenizer): tokenizer.vocabularyCount
        }
    }

    /// The number of pieces without those that a `tokenizer.json` adds on top.
    public var baseVocabularyCount: Int {
        switch model {
        case .byteLevelBPE(let tokenizer): tokenizer.baseVocabularyCount
        case .sentencePiece(let tokenizer): tokenizer.vocabularyCount
        }
    }

    /// The id of a piece in the spelling of its file.
    public func id(for piece: String) -> TokenID? {
        switch model {
        case .byteLevelBPE(let tokenizer): tokenizer.id(for: piece)
        case .sentencePiece(let tokenizer): tokenizer.id(for: piece)
        }
    }

    /// The piece of an id in the spelling of its file; `nil` for an id that has none.
    public func piece(for id: TokenID) -> String? {
        switch model {
        case .byteLevelBPE(let tokenizer): tokenizer.piece(for: id)
        case .sentencePiece(let tokenizer): tokenizer.piece(for: id)
        }
    }

    /// Text from ids as they come.
    public enum StreamDecoder: TokenStreamDecoder {
        /// Of a `tokenizer.json`.
        case byteLevelBPE(ByteLevelBPETokenizer.StreamDecoder)
        /// Of a `tokenizer.model`.
        case sentencePiece(SentencePieceTokenizer.StreamDecoder)

        public mutating func push(_ token: TokenID) -> String? {
            switch self {
            case .byteLevelBPE(var decoder):
                defer { self = .byteLevelBPE(decoder) }
                return decoder.push(token)
            case .sentencePiece(var decoder):
                defer { self = .sentencePiece(decoder) }
                return decoder.push(token)
            }
        }

        public mutating func finish() -> String? {
            switch self {
            case .byteLevelBPE(var decoder):
                defer { self = .byteLevelBPE(decoder) }
                return decoder.finish()
            case .sentencePiece(var decoder):
                defer { self = .sentencePiece(decoder) }
                return decoder.finish()
            }
        }
    }
}
