public import OmniCore

extension ByteLevelBPETokenizer {
    /// The ids of `text`, added tokens in it recognised, with what the file puts around every text.
    public func encode(_ text: String) -> [TokenID] {
        let bytes = Array(text.utf8)
        var encoder = WordEncoder(self, byteCount: bytes.count)
        encoder.tokens.append(contentsOf: prefix)
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
        encode(parts, of: normal, with: &encoder)
        return encoder.tokens + suffix
    }

    private func encode(_ parts: [AddedTokenFinder.Part], of normal: [UInt8], with encoder: inout WordEncoder) {
        var pieces: [AddedTokenFinder.Part] = []
        let source = normal.span
        for part in parts {
            guard case .text(let range) = part else {
                pieces.append(part)
                continue
            }
            normalizedTokens.forEachPart(of: source, range) { pieces.append($0) }
        }
        guard preTokenizer.addsPrefixSpace else { return encodeWords(pieces, of: normal, with: &encoder) }
        var spaced: [UInt8] = []
        pieces = pieces.map { piece in
            guard case .text(let range) = piece else { return piece }
            let start = spaced.count
            if normal[range.lowerBound] != UInt8(ascii: " ") { spaced.append(UInt8(ascii: " ")) }
            spaced.append(contentsOf: normal[range])
            return .text(start..<spaced.count)
        }
        encodeWords(pieces, of: spaced, with: &encoder)
    }

    private func encodeWords(_ parts: [AddedTokenFinder.Part], of text: [UInt8], with encoder: inout WordEncoder) {
        let source = text.span
        for part in parts {
            switch part {
            case .token(let token): encoder.tokens.append(token)
            case .text(let range):
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = preTokenizer.wordEnd(in: source, from: start, to: range.upperBound)
                    encoder.encode(source, start..<end)
                    start = end
                }
            }
        }
    }
}
