extension SplitExpression {
    /// The matches of an expression in a text, from every place of it; kept by the caller, so that further texts
    /// allocate nothing. One value serves one expression.
    ///
    /// They are found in one pass from the end of the text to its start. Where a match ends that begins with a certain
    /// step at a certain place follows from the ends of other steps at the same place, or behind the next scalar; a
    /// look-ahead asks whether its own first step has an end there. So the time is the length of the program times that
    /// of the text, whatever the two are, where a search from each place could take the square of that.
    struct Matches {
        private var bounds = 0..<0
        /// For each place from the start of the text to its end, where the match from there ends; -1 for none.
        private var ends: [Int] = []
        /// The ends of all steps at the place at hand, and behind the scalar there, in turns.
        private var stepEnds: [Int] = []
        private var row: [UInt64] = []
        private var cache = ScalarSetTable.Cache()

        /// The match that starts earliest at or after `start`, and of those the one that the expression prefers.
        func first(from start: Int) -> Range<Int>? {
            for place in start..<max(start, bounds.upperBound + 1) {
                let end = ends[place - bounds.lowerBound]
                if end >= 0 { return place..<end }
            }
            return nil
        }

        /// Finds the matches in `text[bounds]`, which is all that the expression sees.
        mutating func find(_ expression: SplitExpression, in text: Span<UInt8>, within bounds: Range<Int>) {
            self.bounds = bounds
            ends.removeAll(keepingCapacity: true)
            ends.append(contentsOf: repeatElement(-1, count: bounds.count + 1))
            let stepCount = expression.program.count
            if stepEnds.count != 2 * stepCount {
                stepEnds = [Int](repeating: -1, count: 2 * stepCount)
                row = [UInt64](repeating: 0, count: expression.members.wordCount)
            }
            // Out of this value while they are worked on: the compiler then knows that nothing else changes them.
            var (stepEnds, row) = (stepEnds, row)
            (self.stepEnds, self.row) = ([], [])
            defer { (self.stepEnds, self.row) = (stepEnds, row) }
            var place = bounds.upperBound
            var here = 0
            while true {
                let scalar = place < bounds.upperBound ? text.scalar(at: place).value : nil
                if let scalar { expression.members.copyRow(of: scalar, to: &row, &cache) }
                expression.run(
                    at: Spot(bounds: bounds, place: place, scalar: scalar), of: text, row.span, here: here,
                    behind: stepCount - here, &stepEnds)
                ends[place - bounds.lowerBound] = stepEnds[here + expression.start]
                guard place > bounds.lowerBound else { return }
                here = stepCount - here
                place -= 1
                while place > bounds.lowerBound, text[place] & 0xC0 == 0x80 { place -= 1 }
            }
        }
    }

    /// A place of a text.
    private struct Spot {
        let bounds: Range<Int>
        let place: Int
        /// The scalar that starts there; `nil` at the end.
        let scalar: UInt32?

        func scalarBefore(in text: Span<UInt8>) -> UInt32? {
            guard place > bounds.lowerBound else { return nil }
            var start = place - 1
            while start > bounds.lowerBound, text[start] & 0xC0 == 0x80 { start -= 1 }
            return text.scalar(at: start).value
        }

        func isAt(_ kind: Place, in text: Span<UInt8>) -> Bool {
            let lineFeed = UInt8(ascii: "\n")
            func isWord(_ value: UInt32?) -> Bool { value.map(ScalarSet.expressionWords.contains) ?? false }
            switch kind {
            case .textStart: return place == bounds.lowerBound
            case .textEnd: return place == bounds.upperBound
            case .textEndOrLastLineFeed:
                return place == bounds.upperBound || (place == bounds.upperBound - 1 && text[place] == lineFeed)
            case .lineStart:
                return place == bounds.lowerBound || (place < bounds.upperBound && text[place - 1] == lineFeed)
            case .lineEnd: return place == bounds.upperBound || text[place] == lineFeed
            case .wordBoundary: return isWord(scalarBefore(in: text)) != isWord(scalar)
            case .noWordBoundary: return isWord(scalarBefore(in: text)) == isWord(scalar)
            }
        }
    }

    /// Computes the ends of all steps at a place.
    ///
    /// - Parameters:
    ///   - spot: the place.
    ///   - text: the text.
    ///   - row: the sets that the scalar there is in.
    ///   - here: where the ends of this place go in `stepEnds`.
    ///   - behind: where those of the place behind the scalar are.
    private func run(
        at spot: Spot, of text: Span<UInt8>, _ row: Span<UInt64>, here: Int, behind: Int, _ stepEnds: inout [Int]
    ) {
        let program = program.span
        let hasScalar = spot.scalar != nil
        var ends = stepEnds.mutableSpan
        for index in program.indices {
            let end: Int
            switch program[index] {
            case .take(let set, let next):
                end = hasScalar && row[set >> 6] >> UInt64(set & 63) & 1 != 0 ? ends[behind + next] : -1
            case .branch(let first, let second):
                let preferred = ends[here + first]
                end = preferred >= 0 ? preferred : ends[here + second]
            case .look(let start, let isNegated, let next):
                end = (ends[here + start] >= 0) != isNegated ? ends[here + next] : -1
            case .lookBehind(let set, let isNegated, let next):
                let isMember = spot.scalarBefore(in: text).map(members.sets[set].contains) ?? false
                end = isMember != isNegated ? ends[here + next] : -1
            case .require(let kind, let next): end = spot.isAt(kind, in: text) ? ends[here + next] : -1
            case .match: end = spot.place
            }
            ends[here + index] = end
        }
    }
}
