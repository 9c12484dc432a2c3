public import OmniCore

extension ByteLevelBPETokenizer {
    /// The text of `tokens`. Ids outside the vocabulary are skipped; bytes that are not UTF-8 become U+FFFD.
    public func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        var isFirst = true
        for token in tokens {
            append(token, keepingSpecialTokens: keepingSpecialTokens, isFirst: &isFirst, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    fileprivate func append(
        _ token: TokenID, keepingSpecialTokens: Bool, isFirst: inout Bool, to bytes: inout [UInt8]
    ) {
        if !keepingSpecialTokens, let added = addedTokens[token], added.isSpecial { return }
        let index = Int(token.rawValue)
        guard index >= 0, index + 1 < decodedStarts.count else { return }
        if spelling.isSpaced, addedTokens[token] != nil || vocabulary.piece(of: index) != nil {
            if !isFirst { bytes.append(UInt8(ascii: " ")) }
            isFirst = false
        }
        bytes.append(contentsOf: decodedBytes[Int(decodedStarts[index])..<Int(decodedStarts[index + 1])])
    }

    /// Text from ids as they come: all that it emits is, put together, what decoding them at once gives.
    public struct StreamDecoder: TokenStreamDecoder {
        private let tokenizer: ByteLevelBPETokenizer
        private let keepsSpecialTokens: Bool
        /// The start of a scalar that is not whole yet, at most three bytes.
        private var pending: [UInt8] = []
        private var isFirst = true

        init(_ tokenizer: ByteLevelBPETokenizer, keepingSpecialTokens: Bool) {
            self.tokenizer = tokenizer
            keepsSpecialTokens = keepingSpecialTokens
        }

        public mutating func push(_ token: TokenID) -> String? {
            var bytes = pending
            tokenizer.append(
                token, keepingSpecialTokens: keepsSpecialTokens, isFirst: &isFirst, to: &bytes)
            let heldBackCount = UTF8Boundary.incompleteSuffixCount(bytes.span)
            pending = Array(bytes.suffix(heldBackCount))
            let text = String(decoding: bytes.dropLast(heldBackCount), as: UTF8.self)
            return text.isEmpty ? nil : text
        }

        public mutating func finish() -> String? {
            defer { pending = [] }
            return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
        }
    }
}
