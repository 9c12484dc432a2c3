import Foundation

/// A row of the table: how many answers were right, or how many words wrong.
struct ExaminationScore: Encodable {
    enum Unit: String, Encodable {
        /// `hits` of `count` answers were right.
        case answers
        /// `hits` insertions, deletions and substitutions over `count` words that were said.
        case wordErrors
        /// `hits` of `count` words were right.
        case words
    }

    let name: String
    let unit: Unit
    private(set) var hits = 0
    private(set) var count = 0

    init(name: String, unit: Unit, hits: Int = 0, count: Int = 0) {
        self.name = name
        self.unit = unit
        self.hits = hits
        self.count = count
    }

    mutating func add(_ text: String, expected: String) {
        let (found, wanted) = (Self.words(text), Self.words(expected))
        switch unit {
        case .answers:
            hits += found == wanted ? 1 : 0
            count += 1
        case .wordErrors:
            hits += Self.editCount(from: wanted, to: found)
            count += wanted.count
        case .words:
            hits += max(0, wanted.count - Self.editCount(from: wanted, to: found))
            count += wanted.count
        }
    }

    var share: Double { count == 0 ? 0 : Double(hits) / Double(count) }

    /// Words without case and punctuation.
    static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }
    }

    /// Insertions, deletions and substitutions from one to the other.
    static func editCount(from wanted: [Substring], to found: [Substring]) -> Int {
        var row = Array(0...found.count)
        for (i, word) in wanted.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in found.enumerated() {
                let substitution = diagonal + (word == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(row[j + 1] + 1, row[j] + 1, substitution)
            }
        }
        return row[found.count]
    }
}
