internal import OmniCore

/// Cuts normalised text into pieces by merging them, at once or word by word.
struct PieceMergeEncoder {
    private(set) var output: PieceOutput
    private let tokenizer: SentencePieceTokenizer
    private let text: [UInt8]
    private var rule: PieceMergeRule
    private var engine = MergeEngine()

    init(_ tokenizer: SentencePieceTokenizer, text: [UInt8], output: PieceOutput) {
        self.tokenizer = tokenizer
        self.text = text
        self.output = output
        rule = PieceMergeRule(text, tokenizer)
    }

    /// Whether no merge reaches from one word into the next, so that words may be merged one by one: no piece has a
    /// space after something else, and none is made only to be taken apart again.
    static func mergesWithinWords(_ pieces: [SentencePieceModel.Piece]) -> Bool {
        pieces.allSatisfy { piece in
            switch piece.kind {
            case .unknown, .control, .byte: return true
            case .unused: return false
            case .normal, .userDefined:
                let text = piece.text
                return wordEnd(in: text.span, from: 0) == text.count && !text.contains(UInt8(ascii: " "))
            }
        }
    }

    /// Words start at the first of some spaces.
    private static func wordEnd(in text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, isSpace(text, index) { index += 3 }
        while index < text.count, !isSpace(text, index) { index += 1 }
        return index
    }

    private static func isSpace(_ text: Span<UInt8>, _ index: Int) -> Bool {
        text[index] == 0xE2 && index + 2 < text.count && text[index + 1] == 0x96 && text[index + 2] == 0x81
    }

    /// Encodes all of the text, word by word.
    mutating func encodeByWord() {
        // Without bytes to fall back to, what stands for an unknown piece depends on the one before.
        var memory = WordMemory(byteCount: tokenizer.byteTokens == nil ? 0 : text.count)
        let source = text
        var start = 0
        while start < source.count {
            let end = Self.wordEnd(in: source.span, from: start)
            if let known = memory.find(source.span, start..<end) {
                for index in known { output.tokens.append(output.tokens[index]) }
            } else {
                let firstToken = output.tokens.count
                encode(start..<end)
                memory.remember(start..<end, tokens: firstToken..<output.tokens.count)
            }
            start = end
        }
    }

    /// Encodes a part of the text.
    mutating func encode(_ range: Range<Int>) {
        let symbols = tokenizer.normalizer.userSymbols
        let bytes = text
        let source = bytes.span
        engine.reset()
        var index = range.lowerBound
        while index < range.upperBound {
            if let (_, end) = symbols.longestMatch(in: source, at: index, to: range.upperBound) {
                engine.append(PieceMergeRule.frozen, start: index)
                index = end
            } else {
                engine.append(PieceMergeRule.character, start: index)
                index += source.scalar(at: index).byteCount
            }
        }
        engine.run(&rule, end: range.upperBound)
        let starts = engine.starts
        for (place, start) in starts.enumerated() {
            emit(start..<(place + 1 < starts.count ? starts[place + 1] : range.upperBound))
        }
    }

    /// Emits a piece, or the two that it was made of when it must not be emitted, and so on.
    private mutating func emit(_ range: Range<Int>) {
        var pending = [range]
        while let range = pending.popLast() {
            let id = tokenizer.vocabulary.id(of: text.span, range) ?? tokenizer.unknown
            if tokenizer.kinds[id] != .unused {
                output.append(id, range)
            } else if let seam = rule.seams[id] {
                pending.append(range.lowerBound + seam..<range.upperBound)
                pending.append(range.lowerBound..<range.lowerBound + seam)
            } else {
                // A single character, which was made of nothing.
                output.append(tokenizer.unknown, range)
            }
        }
    }
}
