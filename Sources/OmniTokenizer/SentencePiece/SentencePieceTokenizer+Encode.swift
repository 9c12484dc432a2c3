public import OmniCore

extension SentencePieceTokenizer {
    /// The ids of `text`; nothing is put before or after it.
    public func encode(_ text: String) -> [TokenID] {
        let normal = normalizer.normalize(Array(text.utf8))
        guard !normal.isEmpty else { return [] }
        var tokens: [TokenID] = []
        var isAfterUnknown = false
        func emit(_ id: Int, _ range: Range<Int>) {
            defer { isAfterUnknown = id == unknown }
            guard id == unknown else { return tokens.append(TokenID(id)) }
            if let byteTokens {
                for place in range { tokens.append(byteTokens[Int(normal[place])]) }
            } else if !isAfterUnknown {
                // One token stands for all that is unknown in a row.
                tokens.append(TokenID(id))
            }
        }
        switch segmentation {
        case .unigram(let model): for (piece, range) in model.segment(normal.span) { emit(piece, range) }
        case .bytePairEncoding: mergePieces(normal, emit)
        }
        return tokens
    }

    private func mergePieces(_ text: [UInt8], _ emit: (Int, Range<Int>) -> Void) {
        var engine = MergeEngine()
        let source = text.span
        var index = 0
        while index < text.count {
            if let (_, end) = normalizer.userSymbols.longestMatch(in: source, at: index, to: text.count) {
                engine.append(PieceMergeRule.frozen, start: index)
                index = end
            } else {
                engine.append(PieceMergeRule.character, start: index)
                index += source.scalar(at: index).byteCount
            }
        }
        var rule = PieceMergeRule(text, self)
        engine.run(&rule, end: text.count)
        for (place, start) in engine.starts.enumerated() {
            let end = place + 1 < engine.starts.count ? engine.starts[place + 1] : text.count
            emitUsed(start..<end, text, rule.seams, emit)
        }
    }

    /// Emits a piece, or the two that it was made of when it must not be emitted, and so on.
    private func emitUsed(
        _ range: Range<Int>, _ text: [UInt8], _ seams: [Int: Int], _ emit: (Int, Range<Int>) -> Void
    ) {
        var pending = [range]
        while let range = pending.popLast() {
            let id = vocabulary.id(of: text.span, range) ?? unknown
            if kinds[id] != .unused {
                emit(id, range)
            } else if let seam = seams[id] {
                pending.append(range.lowerBound + seam..<range.upperBound)
                pending.append(range.lowerBound..<range.lowerBound + seam)
            } else {
                // A single character, which was made of nothing.
                emit(unknown, range)
            }
        }
    }
}
