/// Cuts a piece of text at the matches of a pattern, as the `Split` step of a `tokenizer.json` does.
struct Splitter: Sendable {
    /// What is looked for.
    enum Pattern: Sendable {
        /// Words, one after another, that leave nothing out.
        case words(WordPattern)
        case expression(SplitExpression)
        /// Text, as it is.
        case literal(KeySearch)
        /// Single characters.
        case scalars(ScalarSet)
    }

    /// What becomes of the matches.
    enum Behavior: String, Sendable, Hashable {
        case removed = "Removed"
        case isolated = "Isolated"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    let pattern: Pattern
    let behavior: Behavior
    /// Whether what lies between the matches counts as the matches.
    let isInverted: Bool

    init(_ pattern: Pattern, _ behavior: Behavior, isInverted: Bool = false) {
        self.pattern = pattern
        self.behavior = behavior
        self.isInverted = isInverted
    }

    private struct Part {
        var range: Range<Int>
        var isMatch: Bool
    }

    /// Calls `body` with the pieces that `text[range]` becomes, in order; none of them is empty.
    func forEachPiece(
        of text: Span<UInt8>, _ range: Range<Int>, _ matches: inout SplitExpression.Matches,
        _ body: (Range<Int>) -> Void
    ) {
        if case .words(let words) = pattern {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = words.wordEnd(in: text, from: start, to: range.upperBound)
                body(start..<end)
                start = end
            }
            return
        }
        var parts = parts(of: text, range, &matches)
        if isInverted { for index in parts.indices { parts[index].isMatch.toggle() } }
        switch behavior {
        case .isolated: for part in parts where !part.range.isEmpty { body(part.range) }
        case .removed: for part in parts where !part.isMatch && !part.range.isEmpty { body(part.range) }
        case .contiguous: forEachRun(of: parts, body) { $0.isMatch == $1.isMatch }
        case .mergedWithPrevious: forEachRun(of: parts, body) { !$0.isMatch && $1.isMatch }
        case .mergedWithNext: forEachRun(of: parts, body) { $0.isMatch && !$1.isMatch }
        }
    }

    /// Calls `body` with runs of parts of which each belongs to the one before it.
    private func forEachRun(of parts: [Part], _ body: (Range<Int>) -> Void, belongs: (Part, Part) -> Bool) {
        var open: Range<Int>?
        for (index, part) in parts.enumerated() {
            if let range = open, index > 0, belongs(parts[index - 1], part) {
                open = range.lowerBound..<part.range.upperBound
            } else {
                if let range = open, !range.isEmpty { body(range) }
                open = part.range
            }
        }
        if let range = open, !range.isEmpty { body(range) }
    }

    /// The matches of the pattern and what lies between them.
    private func parts(
        of text: Span<UInt8>, _ range: Range<Int>, _ matches: inout SplitExpression.Matches
    ) -> [Part] {
        var parts: [Part] = []
        var start = range.lowerBound
        func add(_ match: Range<Int>) {
            if start < match.lowerBound { parts.append(Part(range: start..<match.lowerBound, isMatch: false)) }
            parts.append(Part(range: match, isMatch: true))
            start = match.upperBound
        }
        switch pattern {
        case .words: break
        case .scalars(let set):
            var place = range.lowerBound
            while place < range.upperBound {
                let (value, byteCount) = text.scalar(at: place)
                if set.contains(value) { add(place..<place + byteCount) }
                place += byteCount
            }
        case .literal(let literal):
            for match in literal.matches(in: text, range).reversed() where match.range.lowerBound >= start {
                add(match.range)
            }
        case .expression(let expression):
            matches.find(expression, in: text, within: range)
            var place = range.lowerBound
            var lastEnd: Int?
            while place <= range.upperBound, let match = matches.first(from: place) {
                // An empty match where the one before ended is none.
                if match.isEmpty, match.lowerBound == lastEnd {
                    guard match.upperBound < range.upperBound else { break }
                    place = match.upperBound + text.scalar(at: match.upperBound).byteCount
                } else {
                    add(match)
                    lastEnd = match.upperBound
                    place = match.upperBound
                }
            }
        }
        if start < range.upperBound { parts.append(Part(range: start..<range.upperBound, isMatch: false)) }
        return parts
    }
}
