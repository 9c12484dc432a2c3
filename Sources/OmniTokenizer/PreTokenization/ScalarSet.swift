/// A set of Unicode scalars, as a character class of a regular expression describes it.
struct ScalarSet: Sendable, Hashable {
    /// A part of a set.
    enum Item: Sendable, Hashable {
        case range(ClosedRange<UInt32>)
        /// General categories, one bit each; see ``ScalarSet/mask(_:)``.
        case categories(UInt32, isNegated: Bool)
        /// `\s`: white space of any kind.
        case space(isNegated: Bool)
        /// `\w` of the `Whitespace` step.
        case word(isNegated: Bool)
        /// `\w` of a regular expression, which is another: letters, marks, digits, connectors, and fractions of
        /// Latin-1.
        case expressionWord(isNegated: Bool)
        case nested(ScalarSet)
    }

    private let items: [Item]
    private let isNegated: Bool
    private let ignoresCase: Bool
    /// The answers for ASCII, one bit each.
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
        self.items = items
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        for value in UInt32(0)..<64 where slowlyContains(value) { low |= 1 << UInt64(value) }
        for value in UInt32(0)..<64 where slowlyContains(value + 64) { high |= 1 << UInt64(value) }
    }

    @inline(__always)
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return low >> UInt64(value) & 1 != 0 }
        if value < 128 { return high >> UInt64(value - 64) & 1 != 0 }
        return slowlyContains(value)
    }

    private func slowlyContains(_ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return isNegated }
        if holds(scalar) { return !isNegated }
        if ignoresCase {
            for variant in Self.caseVariants(scalar) where holds(variant) { return !isNegated }
        }
        return isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        items.contains { item in
            switch item {
            case .range(let range): range.contains(scalar.value)
            case .categories(let mask, let isNegated):
                (mask >> Self.bit(scalar.properties.generalCategory) & 1 != 0) != isNegated
            case .space(let isNegated): Self.isSpace(scalar) != isNegated
            case .word(let isNegated): CharacterClass.isWord(scalar) != isNegated
            case .expressionWord(let isNegated): Self.isExpressionWord(scalar) != isNegated
            case .nested(let set): set.contains(scalar.value)
            }
        }
    }

    /// Scalars that differ from `scalar` in case only, as far as they are single scalars.
    private static func caseVariants(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        // "ı" is the letter of a language that has two.
        guard scalar != "\u{131}" else { return [] }
        func single(_ text: String) -> Unicode.Scalar? {
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
        }
        let lower = single(scalar.properties.lowercaseMapping)
        let upper = single(scalar.properties.uppercaseMapping)
        // "ſ" becomes "s" by way of "S".
        return [lower, upper, upper.flatMap { single($0.properties.lowercaseMapping) }].compactMap { $0 }
    }

    private static let expressionWordMask = ["M", "Nd", "Pc"].reduce(0) { $0 | (mask($1) ?? 0) }

    private static func isExpressionWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic { return true }
        let category = scalar.properties.generalCategory
        // Of fractions and the like, only those of Latin-1 count.
        return expressionWordMask >> bit(category) & 1 != 0 || scalar.value < 0x100 && category == .otherNumber
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: true
        default: (0x09...0x0D).contains(scalar.value) || scalar.value == 0x85
        }
    }

    // MARK: Categories

    /// The categories in the order of their bits, by the names that regular expressions give them.
    private static let categories: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
        ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
        ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
        ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
        ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
        ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
        ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
        ("Cn", .unassigned),
    ]

    private static let bits: [Unicode.GeneralCategory: UInt32] = Dictionary(
        uniqueKeysWithValues: categories.enumerated().map { ($1.category, UInt32($0)) })

    private static func bit(_ category: Unicode.GeneralCategory) -> UInt32 { bits[category] ?? 31 }

    /// The categories that a name stands for, one bit each: `Lu` for one, `L` for all letters; `nil` for another name.
    static func mask(_ name: String) -> UInt32? {
        let longNames = [
            "Letter": "L", "Mark": "M", "Number": "N", "Punctuation": "P", "Symbol": "S", "Separator": "Z",
            "Other": "C",
        ]
        let short = longNames[name] ?? name
        var mask: UInt32 = 0
        for (bit, entry) in categories.enumerated()
        where entry.name == short || (short.utf8.count == 1 && entry.name.hasPrefix(short)) {
            mask |= 1 << UInt32(bit)
        }
        return mask == 0 ? nil : mask
    }
}

extension ScalarSet {
    /// Every scalar but the line feed: what `.` matches.
    static let anyButLineFeed = ScalarSet([.range(0x0A...0x0A)], isNegated: true)
    /// Numbers of any kind, as the `Digits` step sees them.
    static let numbers = ScalarSet([.categories(mask("N") ?? 0, isNegated: false)])
    /// Punctuation, as the `Punctuation` step sees it: that of Unicode, and all signs of ASCII.
    static let punctuation = ScalarSet([
        .categories(mask("P") ?? 0, isNegated: false), .range(0x21...0x2F), .range(0x3A...0x40), .range(0x5B...0x60),
        .range(0x7B...0x7E),
    ])
    /// White space, as the `WhitespaceSplit` step sees it.
    static let spaces = ScalarSet([.space(isNegated: false)])
    /// What belongs to words of regular expressions.
    static let expressionWords = ScalarSet([.expressionWord(isNegated: false)])
    /// What belongs to words, as the `Whitespace` step sees it.
    static let words = ScalarSet([.word(isNegated: false)])
}
