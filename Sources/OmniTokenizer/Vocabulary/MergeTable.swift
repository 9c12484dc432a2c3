/// The merges of a byte-pair encoding: two ids → rank and merged id.
struct MergeTable: MergeRule, Sendable {
    private struct Entry {
        var left: UInt32
        var right: UInt32
        var rank: UInt32
        var merged: UInt32
    }

    /// An open-addressing table; `merged` of a free slot is `free`.
    private var entries: [Entry]
    private let seed: UInt64

    private static let free = UInt32.max

    /// Makes room for so many merges.
    init(capacity: Int) {
        let empty = Entry(left: 0, right: 0, rank: 0, merged: Self.free)
        entries = [Entry](repeating: empty, count: slotCount(for: capacity))
        seed = ByteHash.seed
    }

    @inline(__always)
    private func slot(_ left: UInt32, _ right: UInt32) -> Int {
        let hash = ByteHash.mix((UInt64(left) << 32 | UInt64(right)) ^ seed)
        return Int(truncatingIfNeeded: hash >> 32) & (entries.count - 1)
    }

    /// Adds a merge; of two for the same pair, the later counts.
    mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, merged: UInt32) {
        var slot = slot(left, right)
        while entries[slot].merged != Self.free, entries[slot].left != left || entries[slot].right != right {
            slot = (slot + 1) & (entries.count - 1)
        }
        entries[slot] = Entry(left: left, right: right, rank: rank, merged: merged)
    }

    @inline(__always)
    func merge(_ left: UInt32, _ right: UInt32, split: Int, covering range: Range<Int>) -> Merge? {
        var slot = slot(left, right)
        while entries[slot].merged != Self.free {
            let entry = entries[slot]
            if entry.left == left, entry.right == right { return Merge(rank: entry.rank, symbol: entry.merged) }
            slot = (slot + 1) & (entries.count - 1)
        }
        return nil
    }
}
