internal import OmniCore

/// Turns the words of one text into ids.
struct WordEncoder {
    var tokens: [TokenID] = []

    private let tokenizer: ByteLevelBPETokenizer
    private let leavesBytes: Bool
    private var merges: MergeTable
    private var engine = MergeEngine()
    private var memory: WordMemory
    private var spelling: [UInt8] = []

    /// - Parameters:
    ///   - leavesBytes: whether words are bytes, or else in the spelling of the vocabulary.
    ///   - byteCount: the length of the text.
    init(_ tokenizer: ByteLevelBPETokenizer, leavesBytes: Bool, byteCount: Int) {
        self.tokenizer = tokenizer
        self.leavesBytes = leavesBytes
        merges = tokenizer.merges
        memory = WordMemory(byteCount: byteCount)
        tokens.reserveCapacity(byteCount / 3 + 4)
    }

    /// Appends the ids of the word `text[range]`. All words of an encoder are of the same text.
    mutating func encode(_ text: Span<UInt8>, _ range: Range<Int>) {
        if let known = memory.find(text, range) {
            for index in known { tokens.append(tokens[index]) }
            return
        }
        let firstToken = tokens.count
        encodeAnew(text, range)
        memory.remember(range, tokens: firstToken..<tokens.count)
    }

    private mutating func encodeAnew(_ text: Span<UInt8>, _ range: Range<Int>) {
        if tokenizer.ignoresMergesForPieces, let id = idOfWhole(text, range) {
            tokens.append(TokenID(id))
            return
        }
        engine.reset()
        var place = range.lowerBound
        while place < range.upperBound {
            let symbol: Int
            var byteCount = 1
            if leavesBytes {
                symbol = Int(tokenizer.byteSymbols[Int(text[place])])
            } else {
                byteCount = text.scalar(at: place).byteCount
                symbol = tokenizer.vocabulary.id(of: text, place..<place + byteCount) ?? -1
            }
            if symbol >= 0 {
                engine.append(UInt32(symbol), start: place)
            } else if tokenizer.unknown != nil {
                engine.append(Self.unknownSymbol, start: place)
            }
            place += byteCount
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
        guard leavesBytes else { return tokenizer.vocabulary.id(of: text, range) }
        guard range.count <= tokenizer.vocabulary.longestPieceByteCount else { return nil }
        spelling.removeAll(keepingCapacity: true)
        for place in range { ByteAlphabet.append(text[place], to: &spelling) }
        return tokenizer.vocabulary.id(of: spelling.span, 0..<spelling.count)
    }
}
