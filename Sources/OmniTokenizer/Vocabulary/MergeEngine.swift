/// What two neighbours become, and how early: lower ranks first.
struct Merge {
    let rank: UInt32
    let symbol: UInt32
}

/// Says which neighbours merge.
protocol MergeRule {
    /// The merge of two neighbours that together cover `range` of the text and meet at `split`; `nil` when they stay
    /// apart.
    mutating func merge(_ left: UInt32, _ right: UInt32, split: Int, covering range: Range<Int>) -> Merge?
}

/// Merges neighbouring symbols, the lowest rank first and the leftmost among equals, until nothing merges.
///
/// Short words, nearly all there are, are searched from the start after each merge. Long ones go over a linked list
/// with a priority queue, so that a word of n symbols takes O(n log n) however it is made up.
struct MergeEngine {
    /// The symbols that are left, in order.
    private(set) var symbols: [UInt32] = []
    /// Where each symbol starts in the text.
    private(set) var starts: [Int] = []
    /// For the neighbours (i, i + 1): their rank, and what they become.
    private var ranks: [UInt32] = []
    private var merged: [UInt32] = []
    private var queue = MinimumQueue()
    private var previous: [Int32] = []
    private var next: [Int32] = []

    private static let never = UInt32.max
    private static let shortLimit = 40

    /// Forgets all symbols and keeps the memory.
    mutating func reset() {
        symbols.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    /// Adds a symbol to the right.
    @inline(__always)
    mutating func append(_ symbol: UInt32, start: Int) {
        symbols.append(symbol)
        starts.append(start)
    }

    /// Merges what was appended. `end` is where the last symbol ends in the text.
    mutating func run(_ rule: inout some MergeRule, end: Int) {
        guard symbols.count > 1 else { return }
        precondition(symbols.count < Int32.max, "\(symbols.count) symbols in one word")
        ranks.removeAll(keepingCapacity: true)
        merged.removeAll(keepingCapacity: true)
        for index in symbols.indices {
            ranks.append(Self.never)
            merged.append(0)
            if index + 1 < symbols.count {
                let stop = index + 2 < starts.count ? starts[index + 2] : end
                rate(index, index + 1, until: stop, &rule)
            }
        }
        if symbols.count <= Self.shortLimit { runShort(&rule, end: end) } else { runLong(&rule, end: end) }
    }

    @inline(__always)
    private mutating func rate(_ left: Int, _ right: Int, until stop: Int, _ rule: inout some MergeRule) {
        let range = starts[left]..<stop
        if let merge = rule.merge(symbols[left], symbols[right], split: starts[right], covering: range) {
            ranks[left] = merge.rank
            merged[left] = merge.symbol
        } else {
            ranks[left] = Self.never
        }
    }

    private mutating func runShort(_ rule: inout some MergeRule, end: Int) {
        while true {
            var best = 0
            for index in 1..<ranks.count where ranks[index] < ranks[best] { best = index }
            guard ranks[best] != Self.never else { return }
            symbols[best] = merged[best]
            symbols.remove(at: best + 1)
            starts.remove(at: best + 1)
            ranks.remove(at: best + 1)
            merged.remove(at: best + 1)
            guard symbols.count > 1 else { return }
            let stop = best + 1 < starts.count ? starts[best + 1] : end
            if best + 1 < symbols.count {
                rate(best, best + 1, until: best + 2 < starts.count ? starts[best + 2] : end, &rule)
            } else {
                ranks[best] = Self.never
            }
            if best > 0 { rate(best - 1, best, until: stop, &rule) }
        }
    }

    private mutating func runLong(_ rule: inout some MergeRule, end: Int) {
        let count = symbols.count
        previous.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        queue.removeAll()
        for index in 0..<count {
            previous.append(Int32(index) - 1)
            next.append(index + 1 < count ? Int32(index) + 1 : -1)
            if ranks[index] != Self.never { queue.push(rank: ranks[index], index: index) }
        }
        while let (rank, left) = queue.pop() {
            // An entry whose neighbours have changed since.
            guard ranks[left] == rank, next[left] >= 0 else { continue }
            let right = Int(next[left])
            let after = next[right]
            symbols[left] = merged[left]
            ranks[left] = Self.never
            ranks[right] = Self.never
            starts[right] = -1
            next[left] = after
            let stop = after >= 0 ? starts[Int(after)] : end
            if after >= 0 {
                previous[Int(after)] = Int32(left)
                let beyond = next[Int(after)]
                rate(left, Int(after), until: beyond >= 0 ? starts[Int(beyond)] : end, &rule)
                if ranks[left] != Self.never { queue.push(rank: ranks[left], index: left) }
            }
            if previous[left] >= 0 {
                let before = Int(previous[left])
                rate(before, left, until: stop, &rule)
                if ranks[before] != Self.never { queue.push(rank: ranks[before], index: before) }
            }
        }
        var kept = 0
        for index in 0..<count where starts[index] >= 0 {
            symbols[kept] = symbols[index]
            starts[kept] = starts[index]
            kept += 1
        }
        symbols.removeLast(count - kept)
        starts.removeLast(count - kept)
    }
}

/// A binary heap of ranks and places, the lowest rank first and the leftmost place among equals.
private struct MinimumQueue {
    /// rank << 32 | place.
    private var keys: [UInt64] = []

    mutating func removeAll() { keys.removeAll(keepingCapacity: true) }

    mutating func push(rank: UInt32, index: Int) {
        let key = UInt64(rank) << 32 | UInt64(index)
        var place = keys.count
        keys.append(key)
        while place > 0, keys[(place - 1) / 2] > key {
            keys[place] = keys[(place - 1) / 2]
            place = (place - 1) / 2
        }
        keys[place] = key
    }

    mutating func pop() -> (rank: UInt32, index: Int)? {
        guard let top = keys.first, let last = keys.popLast() else { return nil }
        var place = 0
        while place * 2 + 1 < keys.count {
            var child = place * 2 + 1
            if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
            guard keys[child] < last else { break }
            keys[place] = keys[child]
            place = child
        }
        if place < keys.count { keys[place] = last }
        return (UInt32(top >> 32), Int(top & 0xFFFF_FFFF))
    }
}
