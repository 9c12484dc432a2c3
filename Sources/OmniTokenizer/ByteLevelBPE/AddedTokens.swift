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
    private let search: KeySearch

    /// - Parameters:
    ///   - tokens: what to look for; of those with the same spelling, the first is found.
    ///   - settings: the settings of each id.
    ///   - spelling: what to look for, for each token; that is its content or the normal form of it.
    init(_ tokens: [AddedToken], settings: [TokenID: AddedToken], spelling: (AddedToken) -> [UInt8]) {
        self.tokens = tokens
        self.settings = settings
        search = KeySearch(tokens.map(spelling))
    }

    /// The parts of `text[range]`, in order. Empty text has none.
    func forEachPart(of text: Span<UInt8>, _ range: Range<Int>, _ body: (Part) -> Void) {
        // Where the last part ended.
        var start = range.lowerBound
        // Where the last key ended, which may be before the white space that its token took.
        var index = range.lowerBound
        // White space that was passed already.
        var spaces = range.lowerBound..<range.lowerBound
        for match in search.matches(in: text, range).reversed() where match.range.lowerBound >= index {
            let (number, end) = (match.key, match.range.upperBound)
            index = match.range.lowerBound
            let token = settings[tokens[number].id] ?? tokens[number]
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
                if !spaces.contains(to) { spaces = to..<Self.endOfSpaces(in: text, to..<range.upperBound) }
                to = spaces.upperBound
            }
            if start < from { body(.text(start..<from)) }
            body(.token(token.id))
            start = to
        }
        if start < range.upperBound { body(.text(start..<range.upperBound)) }
    }

    private static func endOfSpaces(in text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var place = range.lowerBound
        while place < range.upperBound {
            let (value, length) = text.scalar(at: place)
            guard let scalar = Unicode.Scalar(value), scalar.properties.isWhitespace else { break }
            place += length
        }
        return place
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
