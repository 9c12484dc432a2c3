/// A regular expression that cuts text into words, compiled to a program of steps.
///
/// The syntax is that of Oniguruma, which the `tokenizers` library uses, without what tokenizers have no use for:
/// groups are not captured, and back references, atomic groups and look-behind of several characters are refused; see
/// ``SplitExpressionParser``. How matches are found, ``SplitExpression/Matches`` explains.
struct SplitExpression: Sendable {
    /// One step of the program.
    enum Step: Sendable {
        /// Takes one scalar that is in a set.
        case take(set: Int, next: Int)
        /// Goes on at the first, or where that leads to no match, at the second.
        case branch(first: Int, second: Int)
        /// Goes on when the program from `start` matches here, or when it does not; takes nothing.
        case look(start: Int, isNegated: Bool, next: Int)
        /// Goes on when the scalar before, if there is one, is in a set, or when it is not.
        case lookBehind(set: Int, isNegated: Bool, next: Int)
        case require(Place, next: Int)
        case match
    }

    /// A place of a text that takes no room.
    enum Place: Sendable {
        case textStart
        case textEnd
        case textEndOrLastLineFeed
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary
    }

    /// In such an order that every step leads to steps before it, unless it takes a scalar.
    let program: [Step]
    /// Where the expression begins in the program.
    let start: Int
    let members: ScalarSetTable

    /// More steps than any published expression has; the limit bounds the time that each scalar can take.
    static let stepLimit = 2000
}

/// The sets of an expression, and which of them a scalar is in: one bit for each set.
struct ScalarSetTable: Sendable {
    let sets: [ScalarSet]
    /// 64-bit words of a row.
    let wordCount: Int
    /// The rows of ASCII.
    private let ascii: [UInt64]

    init(_ sets: [ScalarSet]) {
        self.sets = sets
        let wordCount = (sets.count + 63) / 64
        self.wordCount = wordCount
        ascii = (0..<128).flatMap { Self.row(of: UInt32($0), sets, wordCount) }
    }

    private static func row(of scalar: UInt32, _ sets: [ScalarSet], _ wordCount: Int) -> [UInt64] {
        var row = [UInt64](repeating: 0, count: wordCount)
        for (number, set) in sets.enumerated() where set.contains(scalar) {
            row[number / 64] |= 1 << UInt64(number % 64)
        }
        return row
    }

    /// Rows of scalars that were met lately, as the properties of a scalar take long to find.
    struct Cache {
        fileprivate var scalars: [UInt32] = []
        fileprivate var rows: [UInt64] = []
        fileprivate static let entryCount = 1024
    }

    /// Writes the row of a scalar to the first words of `row`.
    @inline(__always)
    func copyRow(of scalar: UInt32, to row: inout [UInt64], _ cache: inout Cache) {
        if scalar < 128 {
            for word in 0..<wordCount { row[word] = ascii[Int(scalar) * wordCount + word] }
        } else {
            copyLongRow(of: scalar, to: &row, &cache)
        }
    }

    private func copyLongRow(of scalar: UInt32, to row: inout [UInt64], _ cache: inout Cache) {
        if cache.scalars.isEmpty {
            // No scalar that is looked up here is 0.
            cache.scalars = [UInt32](repeating: 0, count: Cache.entryCount)
            cache.rows = [UInt64](repeating: 0, count: Cache.entryCount * wordCount)
        }
        let entry = Int(scalar) % Cache.entryCount
        if cache.scalars[entry] != scalar {
            cache.scalars[entry] = scalar
            for (word, bits) in Self.row(of: scalar, sets, wordCount).enumerated() {
                cache.rows[entry * wordCount + word] = bits
            }
        }
        for word in 0..<wordCount { row[word] = cache.rows[entry * wordCount + word] }
    }
}
