internal import OmniFormats

/// Where words end by one of the two families of patterns that most models use. They are written out, so that a word
/// costs one look at each of its characters; every other pattern is a ``SplitExpression``.
enum WordPattern: Sendable, Hashable {
    /// GPT-2's pattern.
    case gpt2
    /// The pattern of cl100k, Qwen2 (numbers digit by digit) and Llama 3 (up to three digits).
    case cl100k(digitsPerWord: Int)

    /// The end of the word that starts at `start`, which lies before `end`.
    @inline(__always)
    func wordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        switch self {
        case .gpt2: Self.gpt2WordEnd(in: text, from: start, to: end)
        case .cl100k(let digits): Self.cl100kWordEnd(in: text, from: start, to: end, digitsPerWord: digits)
        }
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    private static func gpt2WordEnd(in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        if let end = contractionEnd(in: text, from: start, to: end, ignoringCase: false) { return end }
        var index = start
        if text[start] == UInt8(ascii: " "), start + 1 < end { index += 1 }
        let (kind, _) = CharacterClass.at(index, in: text)
        switch kind {
        case .letter, .number, .other: return runEnd(of: kind, in: text, from: index, to: end)
        case .space, .newline: return spaceEnd(in: text, from: start, to: end, endsAfterNewline: false)
        }
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|
    /// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    private static func cl100kWordEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, digitsPerWord: Int
    ) -> Int {
        let (kind, length) = CharacterClass.at(start, in: text)
        switch kind {
        case .letter:
            return runEnd(of: .letter, in: text, from: start + length, to: end)
        case .number:
            var index = start + length
            var left = digitsPerWord - 1
            while left > 0, index < end {
                let (kind, length) = CharacterClass.at(index, in: text)
                guard kind == .number else { break }
                index += length
                left -= 1
            }
            return index
        case .newline:
            return spaceEnd(in: text, from: start, to: end, endsAfterNewline: true)
        case .space, .other:
            if let end = contractionEnd(in: text, from: start, to: end, ignoringCase: true) { return end }
            let after = start + length
            let next = after < end ? CharacterClass.at(after, in: text).kind : .space
            if next == .letter { return runEnd(of: .letter, in: text, from: after, to: end) }
            guard kind == .other || (next == .other && text[start] == UInt8(ascii: " ")) else {
                return spaceEnd(in: text, from: start, to: end, endsAfterNewline: true)
            }
            var index = runEnd(of: .other, in: text, from: after, to: end)
            while index < end, text[index] == 0x0A || text[index] == 0x0D { index += 1 }
            return index
        }
    }

    /// The end of the run of characters of one class.
    @inline(__always)
    private static func runEnd(of kind: CharacterClass, in text: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index < end {
            let (found, length) = CharacterClass.at(index, in: text)
            guard found == kind else { break }
            index += length
        }
        return index
    }

    /// White space: through its last line break where the pattern has that, else without the last character, which goes
    /// to the next word, unless there is no other or no next word.
    private static func spaceEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, endsAfterNewline: Bool
    ) -> Int {
        var index = start
        var last = start
        var newlineEnd: Int?
        while index < end {
            let (kind, length) = CharacterClass.at(index, in: text)
            guard kind == .space || kind == .newline else { break }
            last = index
            index += length
            if kind == .newline { newlineEnd = index }
        }
        if endsAfterNewline, let newlineEnd { return newlineEnd }
        return index == end || last == start ? index : last
    }

    /// The end of an English contraction that starts at `start`.
    private static func contractionEnd(
        in text: Span<UInt8>, from start: Int, to end: Int, ignoringCase: Bool
    ) -> Int? {
        guard text[start] == UInt8(ascii: "'"), start + 1 < end else { return nil }
        func letter(_ offset: Int) -> UInt8 {
            guard start + offset < end else { return 0 }
            let byte = text[start + offset]
            return ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch letter(1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"): return letter(2) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"): return letter(2) == UInt8(ascii: "l") ? start + 3 : nil
        // The long s "ſ" is an "s" when case is ignored.
        case 0xC5 where ignoringCase && letter(2) == 0xBF: return start + 3
        default: return nil
        }
    }
}

extension WordPattern {
    /// The pattern that a regular expression describes; `nil` for another one.
    init?(expression: String) {
        // Others may hold marks that comparing would sort.
        guard expression.isStreamSafe else { return nil }
        if expression == Self.gpt2Expression {
            self = .gpt2
            return
        }
        guard let count = (1...9).first(where: { Self.cl100kExpressions(digitsPerWord: $0).contains(expression) })
        else { return nil }
        self = .cl100k(digitsPerWord: count)
    }

    private static let gpt2Expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static func cl100kExpressions(digitsPerWord count: Int) -> [String] {
        let digits = count == 1 ? [#"\p{N}"#, #"\p{N}{1}"#, #"\p{N}{1,1}"#] : [#"\p{N}{1,\#(count)}"#]
        return digits.map { digits in
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
                + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        }
    }
}
