/// Unicode's Stream-Safe Text Format (UAX #15): at most 30 combining marks follow each other.
///
/// Swift compares and hashes strings in their normal form, for which marks that follow each other are sorted; the time
/// for that grows with the square of their number. A reader checks text before it is a name, whatever its length.
package struct StreamSafeText {
    /// What is wrong with other text.
    package static let fault = "more than 30 combining marks follow each other"

    private var markCount = 0

    package init() {}

    /// Takes the next scalar of a text. Returns whether the text is safe up to there.
    package mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        // There are no marks before U+0300.
        guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
            markCount = 0
            return true
        }
        markCount += 1
        return markCount <= 30
    }
}

extension StringProtocol {
    /// Whether the text is in the Stream-Safe Text Format.
    package var isStreamSafe: Bool {
        // The first byte of U+0300 is 0xCC, and bytes inside a scalar are less.
        guard !utf8.allSatisfy({ $0 < 0xCC }) else { return true }
        var text = StreamSafeText()
        return unicodeScalars.allSatisfy { text.take($0) }
    }
}
