public import OmniCore

extension ByteLevelBPETokenizer {
    /// The ids of `text`, added tokens in it recognised, with what the file puts around every text.
    public func encode(_ text: String) -> [TokenID] {
        let bytes = Array(text.utf8)
        // All text that words are made of, so that the encoder can refer to words that it has met.
        var normal: [UInt8] = []
        normal.reserveCapacity(bytes.count + bytes.count / 16)
        var parts: [AddedTokenFinder.Part] = []
        let source = bytes.span
        rawTokens.forEachPart(of: source, 0..<bytes.count) { part in
            switch part {
            case .token: parts.append(part)
            case .text(let range):
                let start = normal.count
                if composesCanonically {
                    CanonicalComposition.shared.append(source, range, to: &normal)
                } else {
                    for place in range { normal.append(source[place]) }
                }
                parts.append(.text(start..<normal.count))
            }
        }
        let tokens = encode(normalizedParts(parts, of: normal), of: normal)
        return limits.apply(to: tokens, prefix: prefix, suffix: suffix)
    }

    /// The parts with the added tokens that are looked for in normal text.
    private func normalizedParts(
        _ parts: [AddedTokenFinder.Part], of normal: [UInt8]
    ) -> [AddedTokenFinder.Part] {
        var result: [AddedTokenFinder.Part] = []
        let source = normal.span
        for part in parts {
            guard case .text(let range) = part else {
                result.append(part)
                continue
            }
            normalizedTokens.forEachPart(of: source, range) { result.append($0) }
        }
        return result
    }

    private func encode(_ parts: [AddedTokenFinder.Part], of normal: [UInt8]) -> [TokenID] {
        guard let pattern = preTokenizer.singlePattern else {
            let pieces = preTokenizer.cut(.init(text: normal, parts: parts))
            var encoder = WordEncoder(self, leavesBytes: preTokenizer.leavesBytes, byteCount: pieces.text.count)
            for part in pieces.parts {
                switch part {
                case .token(let token): encoder.tokens.append(token)
                case .text(let range): encoder.encode(pieces.text.span, range)
                }
            }
            return encoder.tokens
        }
        var encoder = WordEncoder(self, leavesBytes: true, byteCount: normal.count)
        let source = normal.span
        for part in parts {
            switch part {
            case .token(let token): encoder.tokens.append(token)
            case .text(let range):
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = pattern.wordEnd(in: source, from: start, to: range.upperBound)
                    encoder.encode(source, start..<end)
                    start = end
                }
            }
        }
        return encoder.tokens
    }
}
