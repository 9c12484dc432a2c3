public import OmniCore

extension SentencePieceTokenizer {
    /// The text of `tokens`. Ids outside the vocabulary are skipped; a byte that is part of no scalar becomes U+FFFD.
    public func decode(_ tokens: some Sequence<TokenID>, keepingSpecialTokens: Bool) -> String {
        var decoder = makeStreamDecoder(keepingSpecialTokens: keepingSpecialTokens)
        var text: [UInt8] = []
        for token in tokens { decoder.append(token, to: &text) }
        decoder.flush(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Text from ids as they come: all that it emits is, put together, what decoding them at once gives.
    public struct StreamDecoder: TokenStreamDecoder {
        private let tokenizer: SentencePieceTokenizer
        private let keepsSpecialTokens: Bool
        /// Byte pieces that are no whole scalar yet, at most three.
        private var pending: [UInt8] = []
        /// Whether there was text, or a space that was left out: then a space is a space.
        private var isPastStart = false

        init(_ tokenizer: SentencePieceTokenizer, keepingSpecialTokens: Bool) {
            self.tokenizer = tokenizer
            keepsSpecialTokens = keepingSpecialTokens
        }

        public mutating func push(_ token: TokenID) -> String? {
            var text: [UInt8] = []
            append(token, to: &text)
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        }

        public mutating func finish() -> String? {
            var text: [UInt8] = []
            flush(to: &text)
            return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        }

        fileprivate mutating func append(_ token: TokenID, to text: inout [UInt8]) {
            let id = Int(token.rawValue)
            guard tokenizer.kinds.indices.contains(id) else { return }
            if tokenizer.bytes[id] >= 0 {
                pending.append(UInt8(truncatingIfNeeded: tokenizer.bytes[id]))
                flushWhole(to: &text)
                return
            }
            flush(to: &text)
            switch tokenizer.kinds[id] {
            case .control:
                guard keepsSpecialTokens, let piece = tokenizer.vocabulary.piece(of: id) else { return }
                text.append(contentsOf: piece)
                isPastStart = true
            case .unknown:
                text.append(contentsOf: tokenizer.unknownSurface.utf8)
                if !tokenizer.unknownSurface.isEmpty { isPastStart = true }
            case .normal, .userDefined, .unused, .byte: appendPiece(id, to: &text)
            }
        }

        private mutating func appendPiece(_ id: Int, to text: inout [UInt8]) {
            guard var piece = tokenizer.vocabulary.piece(of: id) else { return }
            let escape = SentencePieceNormalizer.escapedSpace
            let normalizer = tokenizer.normalizer
            if !isPastStart, normalizer.addsDummyPrefix || normalizer.removesExtraSpaces, piece.starts(with: escape) {
                piece = piece.dropFirst(escape.count)
                if !normalizer.removesExtraSpaces { isPastStart = true }
            }
            if !piece.isEmpty { isPastStart = true }
            while let first = piece.first {
                if piece.starts(with: escape) {
                    text.append(UInt8(ascii: " "))
                    piece = piece.dropFirst(escape.count)
                } else {
                    text.append(first)
                    piece = piece.dropFirst()
                }
            }
        }

        /// Emits the scalars among the pending bytes that are whole, and a mark for each byte that starts none.
        private mutating func flushWhole(to text: inout [UInt8]) {
            while let first = pending.first {
                let (scalar, byteCount) = pending.span.scalar(at: 0)
                if byteCount == 1, scalar == 0xFFFD {
                    if UTF8Boundary.incompleteSuffixCount(pending.span) == pending.count { return }
                    text.append(contentsOf: "\u{FFFD}".utf8)
                } else if byteCount == 1 {
                    text.append(first)
                } else {
                    text.append(contentsOf: pending[..<byteCount])
                }
                pending.removeFirst(byteCount)
                isPastStart = true
            }
        }

        /// Emits all pending bytes, those of scalars that will not become whole as a mark each.
        fileprivate mutating func flush(to text: inout [UInt8]) {
            for _ in pending { text.append(contentsOf: "\u{FFFD}".utf8) }
            if !pending.isEmpty { isPastStart = true }
            pending.removeAll()
        }
    }
}
