import OmniFormats

extension YAMLReader {
    /// The key that a line begins with, and what follows its colon; `nil` when the line is no key.
    func key(_ line: Line) throws(Refusal) -> (String, ArraySlice<UInt8>)? {
        if let first = line.text.first, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(first) {
            let (text, rest) = try quoted(line.text)
            let colon = rest.drop(while: Self.isBlank)
            guard colon.first == UInt8(ascii: ":") else { return nil }
            return (text, colon.dropFirst())
        }
        guard let first = line.text.first, ![UInt8(ascii: "["), UInt8(ascii: "{")].contains(first),
            let colon = Self.colon(in: line.text)
        else { return nil }
        let key = line.text[..<colon]
        guard !key.isEmpty else { throw refusal("a value without a key") }
        return (try plain(key), line.text[(colon + 1)...])
    }

    /// Where a colon ends a key: before a blank or the end, and before any comment.
    private static func colon(in text: ArraySlice<UInt8>) -> Int? {
        for place in text.indices {
            if text[place] == UInt8(ascii: "#"), place > text.startIndex, isBlank(text[place - 1]) { return nil }
            if text[place] == UInt8(ascii: ":"), place + 1 == text.endIndex || isBlank(text[place + 1]) { return place }
        }
        return nil
    }

    /// The scalar or flow collection that `text`, the end of the current line, holds. Goes on behind it.
    mutating func inlineValue(_ text: ArraySlice<UInt8>, depth: Int) throws(Refusal) -> YAMLValue {
        switch text.first {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            var rest = text
            let value = try flowValue(&rest, depth: depth)
            guard Self.isEnd(rest) else { throw refusal("text after a bracket") }
            advance()
            return value
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let (value, rest) = try quoted(text)
            guard Self.isEnd(rest) else { throw refusal("text after a quotation mark") }
            advance()
            return .scalar(value, isPlain: false)
        default:
            try checkStart(of: text)
            guard Self.colon(in: text) == nil else { throw refusal("a second colon") }
            var end = text.endIndex
            for place in text.indices.dropFirst()
            where text[place] == UInt8(ascii: "#") && Self.isBlank(text[place - 1]) {
                end = place
                break
            }
            let value = try plain(text[..<end])
            advance()
            return .scalar(value, isPlain: true)
        }
    }

    /// Text without quotes, without the blanks behind it.
    func plain(_ text: ArraySlice<UInt8>) throws(Refusal) -> String {
        let end = text.lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? text.startIndex
        let text = text[..<end]
        try checkStart(of: text)
        guard !text.elementsEqual("---".utf8), !text.elementsEqual("...".utf8) else {
            throw refusal("a second document has no place in a configuration")
        }
        return try safe(text)
    }

    /// Text that may be compared with names.
    private func safe(_ bytes: some Collection<UInt8>) throws(Refusal) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.isStreamSafe else { throw refusal(StreamSafeText.fault) }
        return text
    }

    /// Refuses what text without quotes cannot begin with, and constructs that are not read.
    private func checkStart(of text: ArraySlice<UInt8>) throws(Refusal) {
        let isAlone = text.count == 1 || text.dropFirst().first.map(Self.isBlank) ?? true
        let word = String(decoding: text.prefix(32).prefix { !Self.isBlank($0) }, as: UTF8.self)
        switch text.first {
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
            throw refusal("anchors and aliases have no place in a configuration: \(word)")
        case UInt8(ascii: "!"): throw refusal("tags have no place in a configuration: \(word)")
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            throw refusal("text of several lines has no place in a configuration")
        case UInt8(ascii: "%"): throw refusal("directives have no place in a configuration")
        case UInt8(ascii: "?") where isAlone:
            throw refusal("keys that are marked with ? have no place in a configuration")
        case UInt8(ascii: "-") where isAlone: throw refusal("an item of a list where a value must be")
        case UInt8(ascii: "\t"): throw refusal("a tab before a value")
        case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
            throw refusal("a value that begins with a reserved character")
        default: break
        }
    }

    /// The text in the quotation marks that `text` begins with, and what follows them.
    func quoted(_ text: ArraySlice<UInt8>) throws(Refusal) -> (String, ArraySlice<UInt8>) {
        guard let mark = text.first else { throw refusal("no text") }
        var value: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == mark {
                guard mark == UInt8(ascii: "'"), rest.first == mark else {
                    return (try safe(value), rest)
                }
                rest.removeFirst()
                value.append(mark)
            } else if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
                value += try escaped(&rest)
            } else {
                value.append(byte)
            }
        }
        throw refusal("a quotation mark that is not closed on its line")
    }

    /// UTF-8 of what follows a backslash.
    private func escaped(_ rest: inout ArraySlice<UInt8>) throws(Refusal) -> [UInt8] {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "x"): return try scalar(digitCount: 2, &rest)
        case UInt8(ascii: "u"): return try scalar(digitCount: 4, &rest)
        case UInt8(ascii: "U"): return try scalar(digitCount: 8, &rest)
        default: throw refusal("an escape that is not known")
        }
    }

    private func scalar(digitCount: Int, _ rest: inout ArraySlice<UInt8>) throws(Refusal) -> [UInt8] {
        let digits = rest.prefix(digitCount)
        rest = rest.dropFirst(digitCount)
        guard digits.count == digitCount, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw refusal("an escape that is no character") }
        return Array(String(Character(scalar)).utf8)
    }
}
