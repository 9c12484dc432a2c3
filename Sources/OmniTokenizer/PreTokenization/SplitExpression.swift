/// A regular expression that cuts text into words, compiled to a program that is run on all its threads at once: the
/// time for a match is bounded by the length of the program times the length of the text, whatever the expression says.
///
/// The syntax is that of Oniguruma, which the `tokenizers` library uses, without what tokenizers have no use for:
/// groups are not captured, and back references, atomic groups and look-behind are refused; see
/// ``SplitExpressionParser``.
struct SplitExpression: Sendable, Hashable {
    /// One step of the program. Threads are in the order of their priority; the first of a branch comes first.
    enum Instruction: Sendable, Hashable {
        /// Takes one scalar that is in a set.
        case take(set: Int)
        case branch(first: Int, second: Int)
        case jump(Int)
        /// Goes on at `next` when the program from `start` matches here, or does not; takes nothing.
        case look(start: Int, isNegated: Bool, next: Int)
        /// Goes on when the scalar before, if there is one, is in a set, or when it is not.
        case lookBehind(set: Int, isNegated: Bool)
        case require(Place)
        case match
    }

    /// A place of a text that takes no room.
    enum Place: Sendable, Hashable {
        case textStart
        case textEnd
        case textEndOrLastLineFeed
        case lineStart
        case lineEnd
        case wordBoundary
        case noWordBoundary
    }

    var program: [Instruction] = []
    var sets: [ScalarSet] = []

    /// More instructions than any published expression has; the limit bounds the time that each scalar can take.
    static let instructionLimit = 2000

    /// What a run of a program remembers from one place to the next; kept by the caller, so that a match allocates
    /// nothing.
    struct Threads {
        fileprivate var current: [Int] = []
        fileprivate var next: [Int] = []
        /// For each instruction the step at which it was reached last.
        fileprivate var marks: [UInt64] = []
        fileprivate var step: UInt64 = 0
        fileprivate var pending: [Int] = []
        /// Threads of the look-aheads, one level deeper each.
        fileprivate var inner: [Threads] = []
    }

    /// The match that starts earliest at or after `start`, and of those the one that the expression prefers.
    func firstMatch(
        in text: Span<UInt8>, from start: Int, within bounds: Range<Int>, _ threads: inout Threads
    ) -> Range<Int>? {
        var place = start
        while true {
            if let end = matchEnd(in: text, at: place, within: bounds, program: 0, &threads) { return place..<end }
            guard place < bounds.upperBound else { return nil }
            place += text.scalar(at: place).byteCount
        }
    }

    /// The end of the match at `start`; `nil` when there is none.
    private func matchEnd(
        in text: Span<UInt8>, at start: Int, within bounds: Range<Int>, program entry: Int, _ threads: inout Threads
    ) -> Int? {
        if threads.marks.count != program.count { threads.marks = [UInt64](repeating: 0, count: program.count) }
        threads.current.removeAll(keepingCapacity: true)
        threads.step += 1
        var place = start
        var found: Int?
        follow(entry, in: text, at: place, within: bounds, &threads, isNext: false)
        while !threads.current.isEmpty {
            let scalar = place < bounds.upperBound ? text.scalar(at: place) : nil
            threads.next.removeAll(keepingCapacity: true)
            threads.step += 1
            for thread in threads.current {
                switch program[thread] {
                case .take(let set):
                    guard let scalar, sets[set].contains(scalar.value) else { continue }
                    follow(thread + 1, in: text, at: place + scalar.byteCount, within: bounds, &threads, isNext: true)
                    continue
                case .match: found = place
                default: continue
                }
                // Threads after one that matches are preferred less.
                break
            }
            guard let scalar else { break }
            place += scalar.byteCount
            swap(&threads.current, &threads.next)
        }
        return found
    }

    /// Adds the thread at `entry`, or those that it leads to without taking anything.
    private func follow(
        _ entry: Int, in text: Span<UInt8>, at place: Int, within bounds: Range<Int>, _ threads: inout Threads,
        isNext: Bool
    ) {
        threads.pending.append(entry)
        while let index = threads.pending.popLast() {
            guard threads.marks[index] != threads.step else { continue }
            threads.marks[index] = threads.step
            switch program[index] {
            case .take, .match:
                if isNext { threads.next.append(index) } else { threads.current.append(index) }
            case .jump(let target): threads.pending.append(target)
            case .branch(let first, let second):
                threads.pending.append(second)
                threads.pending.append(first)
            case .look(let start, let isNegated, let next):
                // One level of its own for each look-ahead that is open.
                var inner = threads.inner.popLast() ?? Threads()
                let end = matchEnd(in: text, at: place, within: bounds, program: start, &inner)
                threads.inner.append(inner)
                if (end != nil) != isNegated { threads.pending.append(next) }
            case .lookBehind(let set, let isNegated):
                let before = Self.scalar(before: place, in: text, within: bounds)
                if (before.map(sets[set].contains) ?? false) != isNegated { threads.pending.append(index + 1) }
            case .require(let kind):
                if Self.isAt(kind, place, in: text, within: bounds) { threads.pending.append(index + 1) }
            }
        }
    }

    private static func scalar(before place: Int, in text: Span<UInt8>, within bounds: Range<Int>) -> UInt32? {
        guard place > bounds.lowerBound else { return nil }
        var start = place - 1
        while start > bounds.lowerBound, text[start] & 0xC0 == 0x80 { start -= 1 }
        return text.scalar(at: start).value
    }

    private static func isAt(_ kind: Place, _ place: Int, in text: Span<UInt8>, within bounds: Range<Int>) -> Bool {
        let lineFeed = UInt8(ascii: "\n")
        func isWord(_ value: UInt32?) -> Bool { value.map(ScalarSet.expressionWords.contains) ?? false }
        var isBoundary: Bool {
            let after = place < bounds.upperBound ? text.scalar(at: place).value : nil
            return isWord(scalar(before: place, in: text, within: bounds)) != isWord(after)
        }
        switch kind {
        case .textStart: return place == bounds.lowerBound
        case .textEnd: return place == bounds.upperBound
        case .textEndOrLastLineFeed:
            return place == bounds.upperBound || (place == bounds.upperBound - 1 && text[place] == lineFeed)
        case .lineStart:
            return place == bounds.lowerBound || (place < bounds.upperBound && text[place - 1] == lineFeed)
        case .lineEnd: return place == bounds.upperBound || text[place] == lineFeed
        case .wordBoundary: return isBoundary
        case .noWordBoundary: return !isBoundary
        }
    }
}
