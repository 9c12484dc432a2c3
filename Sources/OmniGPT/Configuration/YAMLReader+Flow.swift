extension YAMLReader {
    /// The value that `text` begins with, inside brackets. Goes on in the next line where the current one ends.
    mutating func flowValue(_ text: inout ArraySlice<UInt8>, depth: Int) throws(Refusal) -> YAMLValue {
        switch text.first {
        case UInt8(ascii: "["):
            try check(depth: depth)
            return try flowSequence(&text, depth: depth)
        case UInt8(ascii: "{"):
            try check(depth: depth)
            return try flowMapping(&text, depth: depth)
        default: return try flowScalar(&text)
        }
    }

    private mutating func flowSequence(_ text: inout ArraySlice<UInt8>, depth: Int) throws(Refusal) -> YAMLValue {
        var values: [YAMLValue] = []
        text.removeFirst()
        while try skip(&text) != UInt8(ascii: "]") {
            values.append(try flowValue(&text, depth: depth + 1))
            try separator(&text, before: UInt8(ascii: "]"))
        }
        text.removeFirst()
        return .sequence(values)
    }

    private mutating func flowMapping(_ text: inout ArraySlice<UInt8>, depth: Int) throws(Refusal) -> YAMLValue {
        var values: [String: YAMLValue] = [:]
        text.removeFirst()
        while try skip(&text) != UInt8(ascii: "}") {
            guard case .scalar(let key, _) = try flowScalar(&text), !key.isEmpty else {
                throw refusal("brackets as a key, or a value without a key")
            }
            guard try skip(&text) == UInt8(ascii: ":") else { throw refusal("the key \(key) without a value") }
            text.removeFirst()
            let next = try skip(&text)
            let isEmpty = next == UInt8(ascii: ",") || next == UInt8(ascii: "}")
            values[key] = isEmpty ? .null : try flowValue(&text, depth: depth + 1)
            try separator(&text, before: UInt8(ascii: "}"))
        }
        text.removeFirst()
        return .mapping(values)
    }

    /// Passes a comma, unless `end` is next.
    private mutating func separator(_ text: inout ArraySlice<UInt8>, before end: UInt8) throws(Refusal) {
        let next = try skip(&text)
        guard next != end else { return }
        guard next == UInt8(ascii: ",") else { throw refusal("a comma is missing") }
        text.removeFirst()
    }

    /// Passes blanks, comments and line breaks. Returns the byte that follows.
    private mutating func skip(_ text: inout ArraySlice<UInt8>) throws(Refusal) -> UInt8 {
        while true {
            if Self.isEnd(text) {
                advance()
                guard let next = lines.first else { throw refusal("a bracket that is not closed") }
                guard next.indentation > 0 || ["]", "}"].contains(String(decoding: next.text.prefix(1), as: UTF8.self))
                else { throw refusal("a bracket that is not closed") }
                text = next.text
            }
            text = text.drop(while: Self.isBlank)
            if let first = text.first { return first }
        }
    }

    private func flowScalar(_ text: inout ArraySlice<UInt8>) throws(Refusal) -> YAMLValue {
        if let mark = text.first, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(mark) {
            let (value, rest) = try quoted(text)
            text = rest
            return .scalar(value, isPlain: false)
        }
        let marks = Array(",[]{}".utf8)
        let end =
            text.indices.first { place in
                if marks.contains(text[place]) { return true }
                let next = text.dropFirst(place + 1 - text.startIndex).first
                if text[place] == UInt8(ascii: ":") {
                    return next.map { Self.isBlank($0) || marks.contains($0) } ?? true
                }
                return Self.isBlank(text[place]) && next == UInt8(ascii: "#")
            } ?? text.endIndex
        let value = try plain(text[..<end])
        guard !value.isEmpty else { throw refusal("a value is missing") }
        text = text[end...]
        return .scalar(value, isPlain: true)
    }
}
