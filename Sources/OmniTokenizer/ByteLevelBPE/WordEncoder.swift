internal import OmniCore

/// Turns the words of one text into ids.
///
/// A word that came before is not worked out again: its ids already stand in the output, so all that the memory of words
/// has to hold is where. Its size is fixed, and it lives as long as one call: nothing is shared between threads.
struct WordEncoder {
    var tokens: [TokenID] = []

    private let tokenizer: ByteLevelBPETokenizer
    private var merges: MergeTable
    private var engine = MergeEngine()
    private var seen: [Seen]
    private let seed = ByteHash.seed
    private var spelling: [UInt8] = []

    /// A word, where it stood in the text, and where its ids stand in the output.
    private struct Seen {
        var start = 0
        /// 0 for a free slot.
        var byteCount: UInt32 = 0
        var tokenCount: UInt32 = 0
        var firstToken = 0
    }

    private static let slotLimit = 8192
    private static let wordLimit = 64

    init(_ tokenizer: ByteLevelBPETokenizer, byteCount: Int) {
        self.tokenizer = tokenizer
        merges = tokenizer.merges
        tokens.reserveCapacity(byteCount / 3 + 4)
        var slotCount = 0
        if byteCount > 128 {
            slotCount = 32
            while slotCount < Self.slotLimit, slotCount < byteCount / 4 { slotCount *= 2 }
        }
        seen = [Seen](repeating: Seen(), count: slotCount)
    }

    /// Appends the ids of the word `text[range]`.
    mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>) {
        guard !seen.isEmpty, range.count <= Self.wordLimit else { return encodeAnew(text, range) }
        let hash = ByteHash.hash(text, range, seed: seed)
        let slot = Int(truncatingIfNeeded: hash) & (seen.count - 1)
        let entry = seen[slot]
        if text.matches(range, text, entry.start..<entry.start + Int(entry.byteCount)) {
            for index in entry.firstToken..<entry.firstToken + Int(entry.tokenCount) { tokens.append(tokens[index]) }
            return
        }
        let firstToken = tokens.count
        encodeAnew(text, range)
        seen[slot] = Seen(
            start: range.lowerBound, byteCount: UInt32(range.count), tokenCount: UInt32(tokens.count - firstToken),
            firstToken: firstToken)
    }

    private mutating func encodeAnew(_ text: Span<UInt8>, _ range: Range<Int>) {
        if tokenizer.ignoresMergesForPieces, let id = idOfWhole(text, range) {
            tokens.append(TokenID(id))
            return
        }
        engine.reset()
        for place in range {
            let symbol = tokenizer.byteSymbols[Int(text[place])]
            if symbol >= 0 {
                engine.append(UInt32(symbol), start: place)
            } else if tokenizer.unknown != nil {
                engine.append(Self.unknownSymbol, start: place)
            }
        }
        engine.run(&merges, end: range.upperBound)
        var isAfterUnknown = false
        for symbol in engine.symbols {
            if symbol != Self.unknownSymbol {
                tokens.append(TokenID(Int(symbol)))
            } else if let unknown = tokenizer.unknown, !(isAfterUnknown && tokenizer.fusesUnknown) {
                tokens.append(unknown)
            }
            isAfterUnknown = symbol == Self.unknownSymbol
        }
    }

    /// Stands for a byte without a piece; no merge has it.
    private static let unknownSymbol = UInt32.max

    private mutating func idOfWhole(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard range.count <= tokenizer.vocabulary.longestPieceByteCount else { return nil }
        spelling.removeAll(keepingCapacity: true)
        for place in range { ByteAlphabet.append(text[place], to: &spelling) }
        return tokenizer.vocabulary.id(of: spelling.span, 0..<spelling.count)
    }
}
