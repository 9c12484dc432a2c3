internal import OmniCore

/// A token that is found in the text before anything else looks at it.
struct AddedToken: Sendable, Hashable {
    var id: TokenID
    let content: String
    /// It only counts between characters that are not parts of words.
    let isSingleWord: Bool
    /// It takes the white space before it.
    let stripsLeft: Bool
    /// It takes the white space after it.
    let stripsRight: Bool
    /// It is looked for in the normalised text.
    let isNormalized: Bool
    /// It is left out when text is made from ids.
    var isSpecial: Bool
}

/// Finds added tokens in text: the leftmost, and of those the longest.
struct AddedTokenFinder: Sendable {
    /// A stretch of text, or a token in its place.
    enum Part {
        case text(Range<Int>)
        case token(TokenID)
    }

    private let tokens: [AddedToken]
    /// The settings of each id, which may stand in a later entry than the one that is found.
    private let settings: [TokenID: AddedToken]
    private var trie = ByteTrie()

    /// - Parameters:
    ///   - tokens: what to look for; of those with the same spelling, the first is found.
    ///   - settings: the settings of each id.
    ///   - spelling: what to look for, for each token; that is its content or the normal form of it.
    init(_ tokens: [AddedToken], settings: [TokenID: AddedToken], spelling: (AddedToken) -> [UInt8]) {
        self.tokens = tokens
        self.settings = settings
        for (index, token) in tokens.enumerated() {
            let key = spelling(token)
            if !key.isEmpty { trie.insert(key, value: Int32(index)) }
        }
    }

    /// The parts of `text[range]`, in order. Empty text has none.
    func forEachPart(of text: Span<UInt8>, _ range: Range<Int>, _ body: (Part) -> Void) {
        var start = range.lowerBound
        var index = range.lowerBound
        while !tokens.isEmpty, index < range.upperBound {
            guard let (number, end) = trie.longestMatch(in: text, at: index, to: range.upperBound) else {
                index += 1
                continue
            }
            let token = settings[tokens[Int(number)].id] ?? tokens[Int(number)]
            defer { index = end }
            if token.isSingleWord {
                if let before = Self.scalar(before: index, in: text, from: range.lowerBound),
                    CharacterClass.isWord(before.scalar)
                {
                    continue
                }
                if end < range.upperBound, let after = Unicode.Scalar(text.scalar(at: end).value),
                    CharacterClass.isWord(after)
                {
                    continue
                }
            }
            var from = index
            var to = end
            if token.stripsLeft {
                // Not into the token before.
                while let before = Self.scalar(before: from, in: text, from: start),
                    before.scalar.properties.isWhitespace
                {
                    from = before.index
                }
            }
            if token.stripsRight {
                while to < range.upperBound {
                    let (value, length) = text.scalar(at: to)
                    guard let scalar = Unicode.Scalar(value), scalar.properties.isWhitespace else { break }
                    to += length
                }
            }
            if start < from { body(.text(start..<from)) }
            body(.token(token.id))
            start = to
        }
        if start < range.upperBound { body(.text(start..<range.upperBound)) }
    }

    private static func scalar(
        before index: Int, in text: Span<UInt8>, from start: Int
    ) -> (scalar: Unicode.Scalar, index: Int)? {
        guard index > start else { return nil }
        var place = index - 1
        while place > start, text[place] & 0xC0 == 0x80 { place -= 1 }
        return Unicode.Scalar(text.scalar(at: place).value).map { ($0, place) }
    }
}
