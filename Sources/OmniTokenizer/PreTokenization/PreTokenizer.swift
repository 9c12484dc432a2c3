/// Cuts a text into the words that byte-pair encoding works on: the steps of a `tokenizer.json`, one after another.
struct PreTokenizer: Sendable {
    /// One step.
    enum Step: Sendable {
        case split(Splitter)
        /// Spells every byte as a character of the ``ByteAlphabet``.
        case spellBytes
        /// Puts a space before each piece that does not start with one.
        case prefixSpace
    }

    private let steps: [Step]
    /// The pattern, for those who have one and nothing else: then words are found without a list of them.
    let singlePattern: WordPattern?
    /// Whether words are left as bytes; otherwise they are in the spelling of the vocabulary.
    let leavesBytes: Bool

    init(_ steps: [Step]) {
        // To spell bytes in the end and look them up by their spelling is to look up bytes.
        leavesBytes = if case .spellBytes? = steps.last { true } else { false }
        self.steps = leavesBytes ? Array(steps.dropLast()) : steps
        if leavesBytes, self.steps.count == 1, case .split(let splitter) = self.steps[0],
            case .words(let pattern) = splitter.pattern
        {
            singlePattern = pattern
        } else {
            singlePattern = nil
        }
    }

    /// Text in pieces, and tokens between them.
    struct Pieces {
        var text: [UInt8]
        var parts: [AddedTokenFinder.Part]
    }

    /// Applies all steps.
    func cut(_ pieces: Pieces) -> Pieces {
        var pieces = pieces
        for step in steps {
            switch step {
            case .split(let splitter): pieces = Self.split(pieces, splitter)
            case .spellBytes:
                pieces = Self.rewritten(pieces) { text, range, result in
                    for place in range { ByteAlphabet.append(text[place], to: &result) }
                }
            case .prefixSpace:
                pieces = Self.rewritten(pieces) { text, range, result in
                    let space = UInt8(ascii: " ")
                    if text[range.lowerBound] != space { result.append(space) }
                    for place in range { result.append(text[place]) }
                }
            }
        }
        return pieces
    }

    private static func split(_ pieces: Pieces, _ splitter: Splitter) -> Pieces {
        var matches = SplitExpression.Matches()
        var parts: [AddedTokenFinder.Part] = []
        let text = pieces.text.span
        for part in pieces.parts {
            guard case .text(let range) = part else {
                parts.append(part)
                continue
            }
            splitter.forEachPiece(of: text, range, &matches) { parts.append(.text($0)) }
        }
        return Pieces(text: pieces.text, parts: parts)
    }

    private static func rewritten(
        _ pieces: Pieces, _ append: (Span<UInt8>, Range<Int>, inout [UInt8]) -> Void
    ) -> Pieces {
        var result: [UInt8] = []
        result.reserveCapacity(pieces.text.count + pieces.text.count / 2)
        let text = pieces.text.span
        let parts = pieces.parts.map { part in
            guard case .text(let range) = part else { return part }
            let start = result.count
            append(text, range, &result)
            return .text(start..<result.count)
        }
        return Pieces(text: result, parts: parts)
    }
}
