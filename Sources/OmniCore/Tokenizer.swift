/// Turns text into ids and back.
public protocol Tokenizer: Sendable {
    /// Decodes ids as they come.
    associatedtype StreamDecoder: TokenStreamDecoder

    /// The ids of `text`, special tokens in it recognised.
    func encode(_ text: String) -> [TokenID]

    /// The text of `tokens`. Ids outside the vocabulary are skipped, special tokens only kept on request.
    func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String

    /// A decoder that never emits half a scalar.
    func makeStreamDecoder() -> StreamDecoder
}

extension Tokenizer {
    /// The text of `tokens` without special tokens.
    public func decode(_ tokens: some Sequence<TokenID>) -> String {
        decode(tokens, keepingSpecialTokens: false)
    }
}

/// Emits text only at UTF-8 boundaries; a token that ends inside a scalar is held back.
public protocol TokenStreamDecoder: Sendable {
    /// The text that `token` made whole; `nil` when there is none yet.
    mutating func push(_ token: TokenID) -> String?

    /// What was held back, incomplete scalars as U+FFFD; `nil` when there is nothing.
    mutating func finish() -> String?
}
