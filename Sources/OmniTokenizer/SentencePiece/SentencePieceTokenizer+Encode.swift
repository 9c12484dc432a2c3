public import OmniCore

extension SentencePieceTokenizer {
    /// The ids of `text`; nothing is put before or after it.
    public func encode(_ text: String) -> [TokenID] {
        let normal = normalizer.normalize(Array(text.utf8))
        guard !normal.isEmpty else { return [] }
        var output = PieceOutput(self, text: normal)
        switch segmentation {
        case .words, .characters:
            var start = 0
            while start < normal.count {
                let end = isCharacterwise ? characterEnd(normal.span, start) : wordEnd(normal.span, start)
                let id = vocabulary.id(of: normal.span, start..<end) ?? unknown
                // The library gives nothing at all for a text with such a word.
                if kinds[id] == .control { return [] }
                output.append(id, start..<end)
                start = end
            }
        case .unigram(let model):
            for (piece, range) in model.segment(normal.span) { output.append(piece, range) }
        case .bytePairEncoding(let mergesWithinWords):
            var encoder = PieceMergeEncoder(self, text: normal, output: output)
            mergesWithinWords ? encoder.encodeByWord() : encoder.encode(0..<normal.count)
            return encoder.output.tokens
        }
        return output.tokens
    }
}

extension SentencePieceTokenizer {
    private var isCharacterwise: Bool {
        if case .characters = segmentation { true } else { false }
    }

    /// The end of the character at `start`, or of the piece of the user that starts there.
    private func characterEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        if let (_, end) = normalizer.userSymbols.longestMatch(in: text, at: start, to: text.count) { return end }
        return start + text.scalar(at: start).byteCount
    }

    /// The end of the word at `start`: words begin with "▁", also where spaces are suffixes otherwise.
    private func wordEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        let mark = SentencePieceNormalizer.escapedSpace
        var place = start
        while place < text.count {
            let isMark = text.matches(place..<min(place + mark.count, text.count), mark.span, 0..<mark.count)
            if isMark, place > start { return place }
            place += isMark ? mark.count : 1
        }
        return place
    }
}

/// Ids of pieces, those of unknown ones replaced.
struct PieceOutput {
    var tokens: [TokenID] = []
    private let tokenizer: SentencePieceTokenizer
    private let text: [UInt8]
    private var isAfterUnknown = false

    init(_ tokenizer: SentencePieceTokenizer, text: [UInt8]) {
        self.tokenizer = tokenizer
        self.text = text
        tokens.reserveCapacity(text.count / 3 + 4)
    }

    /// Appends the piece that covers `range` of the text.
    mutating func append(_ id: Int, _ range: Range<Int>) {
        defer { isAfterUnknown = id == tokenizer.unknown }
        guard id == tokenizer.unknown else { return tokens.append(TokenID(id)) }
        if let byteTokens = tokenizer.byteTokens {
            for place in range { tokens.append(byteTokens[Int(text[place])]) }
        } else if !isAfterUnknown {
            // One token stands for all that is unknown in a row.
            tokens.append(TokenID(id))
        }
    }
}
