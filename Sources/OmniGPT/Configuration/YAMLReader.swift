/// Reads the part of YAML that a model's configuration is written in: block mappings, sequences, `[…]`, `{…}`,
/// plain and quoted scalars of one line, comments. Of two values for one key the later counts, as in PyYAML, which the
/// reference uses.
///
/// Every other construct is refused with its name and line, as is text whose meaning differs between YAML 1.1 and 1.2,
/// so that nothing is misread. Depth and size are bounded, and there are no aliases: the result is no larger than the
/// text.
struct YAMLReader {
    /// Why a file is refused.
    struct Refusal: Error {
        let reason: String
    }

    /// A hundred times what a configuration takes.
    static let largestByteCount = 1 << 16
    /// Collections inside each other; each is a level of recursion.
    private static let deepestCollection = 32

    /// A line with something on it.
    struct Line {
        let number: Int
        /// Columns before `text`.
        var indentation: Int
        /// The rest of the line, comment included.
        var text: ArraySlice<UInt8>
    }

    private(set) var lines: ArraySlice<Line> = []
    private var lastNumber = 1

    /// The value of a file; ``YAMLValue/null`` of one that is empty.
    static func value(of text: String) throws(Refusal) -> YAMLValue {
        var reader = try YAMLReader(text)
        return try reader.document()
    }

    private init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= Self.largestByteCount else {
            throw Refusal(reason: "more than \(Self.largestByteCount) bytes")
        }
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        try checkCharacters(bytes)
        var number = 0
        var hasEnded = false
        for text in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 }) {
            // CR LF is one line break.
            let (before, behind) = (bytes[..<text.startIndex].last, bytes[text.endIndex...].first)
            let isInsideBreak = text.isEmpty && before == 13 && behind == 10
            if !isInsideBreak { number += 1 }
            let content = text.drop { $0 == UInt8(ascii: " ") }
            guard let first = content.first(where: { !Self.isBlank($0) }), first != UInt8(ascii: "#") else { continue }
            let indentation = content.startIndex - text.startIndex
            if indentation == 0, !lines.isEmpty, content.starts(with: "...".utf8), Self.isEnd(content.dropFirst(3)) {
                hasEnded = true
                continue
            }
            guard !hasEnded else {
                throw Refusal(reason: "line \(number): a second document has no place in a configuration")
            }
            lines.append(Line(number: number, indentation: indentation, text: content))
        }
    }

    /// Control characters, and the line breaks beyond ASCII, which only some versions of YAML break lines at.
    private func checkCharacters(_ bytes: ArraySlice<UInt8>) throws(Refusal) {
        var number = 1
        for (place, byte) in bytes.enumerated() {
            if byte == 10 { number += 1 }
            let next = bytes.dropFirst(place + 1).prefix(2)
            let isBreak =
                byte == 0xC2 && next.first == 0x85
                || byte == 0xE2 && next.first == 0x80 && (next.last == 0xA8 || next.last == 0xA9)
            guard !isBreak, byte >= 32 || byte == 9 || byte == 10 || byte == 13, byte != 127 else {
                throw Refusal(reason: "line \(number): a control character")
            }
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// The refusal of what the current line holds.
    func refusal(_ reason: String) -> Refusal {
        Refusal(reason: "line \(lines.first?.number ?? lastNumber): \(reason)")
    }

    /// Goes on to the next line, or to the rest of the current one.
    mutating func advance(to rest: Line? = nil) {
        guard let line = lines.first else { return }
        lastNumber = line.number
        // In place: a copy of all lines for each item would take quadratic time.
        if let rest { lines[lines.startIndex] = rest } else { lines.removeFirst() }
    }

    private mutating func document() throws(Refusal) -> YAMLValue {
        if let line = lines.first, line.indentation == 0, line.text.starts(with: "---".utf8) {
            guard Self.isEnd(line.text.dropFirst(3)) else { throw refusal("text after ---") }
            advance()
        }
        guard let first = lines.first else { return .null }
        let value = try block(at: first.indentation, depth: 0)
        guard lines.isEmpty else { throw refusal("a line that is indented less than the first") }
        return value
    }

    /// Whether nothing but a comment follows.
    static func isEnd(_ text: ArraySlice<UInt8>) -> Bool {
        guard let place = text.firstIndex(where: { !isBlank($0) }) else { return true }
        return text[place] == UInt8(ascii: "#") && place > text.startIndex
    }
}

extension YAMLReader {
    /// Makes sure that a collection at `depth` may be entered.
    func check(depth: Int) throws(Refusal) {
        guard depth < Self.deepestCollection else {
            throw refusal("more than \(Self.deepestCollection) collections inside each other")
        }
    }

    /// The collection or scalar that begins with the current line.
    private mutating func block(at indentation: Int, depth: Int) throws(Refusal) -> YAMLValue {
        try check(depth: depth)
        guard let line = lines.first else { return .null }
        if Self.isItem(line.text) { return try sequence(at: indentation, depth: depth) }
        if try key(line) != nil { return try mapping(at: indentation, depth: depth) }
        return try inlineValue(line.text, depth: depth)
    }

    private static func isItem(_ text: ArraySlice<UInt8>) -> Bool {
        text.first == UInt8(ascii: "-") && (text.count == 1 || isBlank(text[text.startIndex + 1]))
    }

    private mutating func sequence(at indentation: Int, depth: Int) throws(Refusal) -> YAMLValue {
        var values: [YAMLValue] = []
        while let line = lines.first, line.indentation == indentation, Self.isItem(line.text) {
            let rest = line.text.dropFirst().drop(while: Self.isBlank)
            if Self.isEnd(line.text.dropFirst()) {
                advance()
                values.append(try nested(below: indentation, depth: depth))
            } else {
                guard !line.text[..<rest.startIndex].contains(UInt8(ascii: "\t")) else { throw refusal("a tab") }
                let column = indentation + (rest.startIndex - line.text.startIndex)
                advance(to: Line(number: line.number, indentation: column, text: rest))
                values.append(try block(at: column, depth: depth + 1))
            }
            try checkIndentation(at: indentation)
        }
        return .sequence(values)
    }

    private mutating func mapping(at indentation: Int, depth: Int) throws(Refusal) -> YAMLValue {
        var values: [String: YAMLValue] = [:]
        while let line = lines.first, line.indentation == indentation, !Self.isItem(line.text) {
            guard let (key, rest) = try key(line) else {
                _ = try plain(line.text)
                throw refusal("a line that is neither a key nor a value")
            }
            if Self.isEnd(rest) {
                advance()
                // The items of a sequence may stand below the first letter of its key.
                if let next = lines.first, next.indentation == indentation, Self.isItem(next.text) {
                    try check(depth: depth + 1)
                    values[key] = try sequence(at: indentation, depth: depth + 1)
                } else {
                    values[key] = try nested(below: indentation, depth: depth)
                }
            } else {
                values[key] = try inlineValue(rest.drop(while: Self.isBlank), depth: depth + 1)
            }
            try checkIndentation(at: indentation)
        }
        return .mapping(values)
    }

    /// The value on the lines that are indented more than `indentation`; null when there are none.
    private mutating func nested(below indentation: Int, depth: Int) throws(Refusal) -> YAMLValue {
        guard let next = lines.first, next.indentation > indentation else { return .null }
        return try block(at: next.indentation, depth: depth + 1)
    }

    private func checkIndentation(at indentation: Int) throws(Refusal) {
        if let line = lines.first, line.indentation > indentation {
            throw refusal("a line that continues the value before it, or is indented like no other")
        }
    }
}
