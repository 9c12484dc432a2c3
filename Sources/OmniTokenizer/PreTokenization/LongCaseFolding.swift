/// Characters that equal several where case is of no account, as "ß" equals "ss" (status F of Unicode's
/// CaseFolding.txt).
enum LongCaseFolding {
    /// What each of them equals, in lower case.
    private static let foldings: [Unicode.Scalar: [Unicode.Scalar]] = {
        // The blocks that have them.
        let blocks: [ClosedRange<UInt32>] = [0x80...0x58F, 0x1E90...0x1FFF, 0xFB00...0xFB17]
        var foldings: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        for scalar in blocks.joined().compactMap(Unicode.Scalar.init) {
            let properties = scalar.properties
            // "ẞ" has an upper case only by way of "ß".
            let lower = properties.lowercaseMapping.unicodeScalars.first?.properties.uppercaseMapping ?? ""
            let forms = [properties.lowercaseMapping, properties.uppercaseMapping, lower]
            guard let long = forms.first(where: { $0.unicodeScalars.count > 1 }) else { continue }
            foldings[scalar] = long.unicodeScalars.map(folded)
        }
        return foldings
    }()

    /// All of them.
    static let scalars = Set(foldings.keys)

    private static let sequences = Set(foldings.values)

    /// The first of `scalars` and those behind it that equal a single character; `nil` when none do.
    static func folding(in scalars: [Unicode.Scalar]) -> String? {
        let folded = scalars.map(folded)
        for start in folded.indices {
            // None is longer than three.
            for end in start..<min(start + 3, folded.count) where sequences.contains(Array(folded[start...end])) {
                return String(String.UnicodeScalarView(scalars[start...end]))
            }
        }
        return nil
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        // By way of the upper case, which "ſ" and "s" have in common.
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        let single = upper.count == 1 ? upper.first ?? scalar : scalar
        let lower = single.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? single : single
    }
}
