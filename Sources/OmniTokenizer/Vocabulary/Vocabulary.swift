/// Pieces and their ids. Pieces are keyed by their bytes, not as `String`: two strings that are canonically equal are
/// equal in Swift, yet are different pieces.
struct Vocabulary: Sendable {
    /// All pieces one after another.
    private let pool: [UInt8]
    /// For each id, where its piece is in the pool; an empty range at `absent` for an id without piece.
    private let starts: [UInt32]
    private let lengths: [UInt32]
    /// An open-addressing table of id + 1.
    private let slots: [UInt32]
    private let seed: UInt64
    /// How many pieces there are.
    let count: Int
    /// The length in bytes of the longest piece.
    let longestPieceByteCount: Int

    private static let absent = UInt32.max

    /// One more than the largest id.
    var idLimit: Int { starts.count }

    /// Pieces as they are collected, in any order.
    struct Builder {
        var pool: [UInt8] = []
        private(set) var entries: [(id: Int, start: UInt32, length: UInt32)] = []

        /// Adds the bytes that were appended to ``pool`` since `start`.
        mutating func add(from start: Int, id: Int) {
            entries.append((id, UInt32(start), UInt32(pool.count - start)))
        }
    }

    /// What is wrong with a vocabulary, without the name of the file.
    struct Fault: Error {
        let reason: String
    }

    /// - Throws: ``Fault`` when an id is negative, used twice, or so large that a table by id would be mostly empty.
    init(_ builder: Builder) throws(Fault) {
        let idBound = builder.entries.count * 2 + 65_536
        var largest = -1
        for entry in builder.entries {
            guard entry.id >= 0, entry.id < idBound else {
                throw Fault(reason: "the id \(entry.id) in a vocabulary of \(builder.entries.count) pieces")
            }
            largest = max(largest, entry.id)
        }
        var starts = [UInt32](repeating: Self.absent, count: largest + 1)
        var lengths = [UInt32](repeating: 0, count: largest + 1)
        var slots = [UInt32](repeating: 0, count: slotCount(for: builder.entries.count))
        let seed = ByteHash.seed
        let pool = builder.pool
        let bytes = pool.span
        let mask = slots.count - 1
        var count = 0
        for entry in builder.entries {
            let range = Int(entry.start)..<Int(entry.start + entry.length)
            var slot = Int(truncatingIfNeeded: ByteHash.hash(bytes, range, seed: seed)) & mask
            while slots[slot] != 0 {
                let other = Int(slots[slot] - 1)
                let otherRange = Int(starts[other])..<Int(starts[other] + lengths[other])
                if bytes.matches(range, bytes, otherRange) {
                    throw Fault(reason: "the piece of id \(entry.id) has the id \(other) as well")
                }
                slot = (slot + 1) & mask
            }
            guard starts[entry.id] == Self.absent else { throw Fault(reason: "the id \(entry.id) has two pieces") }
            slots[slot] = UInt32(entry.id + 1)
            starts[entry.id] = entry.start
            lengths[entry.id] = entry.length
            count += 1
        }
        self.pool = pool
        self.starts = starts
        self.lengths = lengths
        self.slots = slots
        self.seed = seed
        self.count = count
        longestPieceByteCount = Int(lengths.max() ?? 0)
    }

    /// The id of the piece `text[range]`.
    @inline(__always)
    func id(of text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: ByteHash.hash(text, range, seed: seed)) & mask
        let bytes = pool.span
        while slots[slot] != 0 {
            let id = Int(slots[slot] - 1)
            let start = Int(starts[id])
            if text.matches(range, bytes, start..<start + Int(lengths[id])) { return id }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The id of a piece.
    func id(of piece: [UInt8]) -> Int? { id(of: piece.span, 0..<piece.count) }

    /// The bytes of the piece with this id.
    func piece(of id: Int) -> ArraySlice<UInt8>? {
        guard starts.indices.contains(id), starts[id] != Self.absent else { return nil }
        return pool[Int(starts[id])..<Int(starts[id] + lengths[id])]
    }
}
