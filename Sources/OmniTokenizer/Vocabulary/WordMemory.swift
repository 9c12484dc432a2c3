/// Where in a text words were met before, and where their ids stand in the output: a word that comes again is not
/// worked out again.
///
/// As the words stand in the text and their ids in the output, places are all there is to keep. The size is fixed, and
/// a memory lives as long as one call: nothing is shared between threads.
struct WordMemory {
    private struct Entry {
        var start = 0
        /// 0 for a free slot.
        var byteCount: UInt32 = 0
        var tokenCount: UInt32 = 0
        var firstToken = 0
    }

    private var entries: [Entry] = []
    private let seed = ByteHash.seed
    /// The slot of the word that was not found last; `nil` for a word that is not kept.
    private var missedSlot: Int?

    private static let entryLimit = 8192
    private static let wordByteLimit = 64

    /// A memory for a text of so many bytes. Short texts are done before one would be of use.
    init(byteCount: Int) {
        guard byteCount > 128 else { return }
        var count = 32
        while count < Self.entryLimit, count < byteCount / 4 { count *= 2 }
        entries = [Entry](repeating: Entry(), count: count)
    }

    /// Where in the output the ids of the word `text[range]` stand already.
    @inline(__always)
    mutating func find(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
        missedSlot = nil
        guard !entries.isEmpty, range.count <= Self.wordByteLimit else { return nil }
        let hash = ByteHash.hash(text, range, seed: seed)
        let slot = Int(truncatingIfNeeded: hash) & (entries.count - 1)
        let entry = entries[slot]
        if text.matches(range, text, entry.start..<entry.start + Int(entry.byteCount)) {
            return entry.firstToken..<entry.firstToken + Int(entry.tokenCount)
        }
        missedSlot = slot
        return nil
    }

    /// Keeps the word that was not found last, in place of another.
    @inline(__always)
    mutating func remember(_ range: Range<Int>, tokens: Range<Int>) {
        guard let missedSlot else { return }
        entries[missedSlot] = Entry(
            start: range.lowerBound, byteCount: UInt32(range.count), tokenCount: UInt32(tokens.count),
            firstToken: tokens.lowerBound)
    }
}
