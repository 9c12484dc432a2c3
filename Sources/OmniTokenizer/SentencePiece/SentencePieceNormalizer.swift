/// Makes of text what the vocabulary knows: rules applied, white space counted and escaped, a space put in front.
struct SentencePieceNormalizer: Sendable {
    let map: CharacterMap
    /// Stays as it is, whatever the rules say.
    let userSymbols: ByteTrie
    let addsDummyPrefix: Bool
    let removesExtraSpaces: Bool
    let escapesSpaces: Bool
    let treatsSpaceAsSuffix: Bool

    /// "▁", which stands for a space.
    static let escapedSpace: [UInt8] = [0xE2, 0x96, 0x81]
    private static let space = UInt8(ascii: " ")

    /// What comes next in the text.
    private enum Next {
        case source(Range<Int>)
        case replacement(Range<Int>)
        case malformed
    }

    private func next(in text: Span<UInt8>, at index: Int) -> (next: Next, byteCount: Int) {
        if let (_, end) = userSymbols.longestMatch(in: text, at: index, to: text.count) {
            return (.source(index..<end), end - index)
        }
        if let (replacement, byteCount) = map.longestRule(in: text, at: index) {
            return (.replacement(replacement), byteCount)
        }
        let (scalar, byteCount) = text.scalar(at: index)
        if scalar == 0xFFFD, byteCount == 1 { return (.malformed, 1) }
        return (.source(index..<index + byteCount), byteCount)
    }

    private func append(_ next: Next, of text: Span<UInt8>, to bytes: inout [UInt8]) {
        switch next {
        case .source(let range): for place in range { bytes.append(text[place]) }
        case .replacement(let range): bytes.append(contentsOf: map.replacement(range))
        case .malformed: bytes.append(contentsOf: "\u{FFFD}".utf8)
        }
    }

    /// The normal form of a text.
    func normalize(_ bytes: [UInt8]) -> [UInt8] {
        let text = bytes.span
        let escape = escapesSpaces ? Self.escapedSpace : [Self.space]
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 4 + 8)
        var piece: [UInt8] = []
        var index = 0
        if removesExtraSpaces {
            while index < text.count {
                let (next, byteCount) = next(in: text, at: index)
                piece.removeAll(keepingCapacity: true)
                append(next, of: text, to: &piece)
                guard piece == [Self.space] else { break }
                index += byteCount
            }
        }
        guard index < text.count else { return [] }
        if addsDummyPrefix, !treatsSpaceAsSuffix { result += escape }
        var isAfterSpace = removesExtraSpaces
        while index < text.count {
            let (next, byteCount) = next(in: text, at: index)
            piece.removeAll(keepingCapacity: true)
            append(next, of: text, to: &piece)
            var kept = piece[...]
            if isAfterSpace { kept = kept.drop { $0 == Self.space } }
            if let last = kept.last {
                for byte in kept {
                    if byte == Self.space { result += escape } else { result.append(byte) }
                }
                isAfterSpace = last == Self.space
            }
            index += byteCount
            if !removesExtraSpaces { isAfterSpace = false }
        }
        if removesExtraSpaces {
            while result.count >= escape.count, result[(result.count - escape.count)...].elementsEqual(escape) {
                result.removeLast(escape.count)
            }
        }
        if addsDummyPrefix, treatsSpaceAsSuffix { result += escape }
        return result
    }
}
