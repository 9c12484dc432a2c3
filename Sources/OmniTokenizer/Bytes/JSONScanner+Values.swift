extension JSONScanner {
    /// Appends the string that comes next to `text`, its escapes resolved.
    mutating func string(into text: inout [UInt8]) throws(TokenizerError) {
        guard peek() == UInt8(ascii: "\"") else { throw fault("expected a string") }
        advance(1)
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                text.append(contentsOf: bytes[start..<position])
                advance(1)
                return
            }
            guard byte >= 0x20 else { throw fault("a control character in a string") }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: bytes[start..<position])
                advance(1)
                try escape(into: &text)
                start = position
            } else {
                advance(1)
            }
        }
        throw fault("a string without end")
    }

    /// The string that comes next.
    mutating func string() throws(TokenizerError) -> String {
        var text: [UInt8] = []
        try string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(into text: inout [UInt8]) throws(TokenizerError) {
        guard position < bytes.count else { throw fault("a string without end") }
        let byte = bytes[position]
        advance(1)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if (0xD800...0xDBFF).contains(value), literalEscape() {
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw fault("half a surrogate pair") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault("half a surrogate pair") }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw fault("an unknown escape")
        }
    }

    /// Whether `\u` comes next; it is read then.
    private mutating func literalEscape() -> Bool {
        guard position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return false }
        advance(2)
        return true
    }

    private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw fault("expected four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            advance(1)
        }
        return value
    }

    /// The whole number that comes next.
    mutating func integer() throws(TokenizerError) -> Int {
        guard case .integer(let value) = try number() else { throw fault("expected a whole number") }
        return value
    }

    /// The number that comes next.
    mutating func number() throws(TokenizerError) -> JSONValue {
        _ = peek()
        let start = position
        var isWhole = true
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): isWhole = false
            default: break scan
            }
            advance(1)
        }
        if isWhole, position - start < 19, let value = Self.whole(bytes[start..<position]) { return .integer(value) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text) else { throw fault("expected a number") }
        return .number(value)
    }

    private static func whole(_ digits: ArraySlice<UInt8>) -> Int? {
        let isNegative = digits.first == UInt8(ascii: "-")
        var value = 0
        guard digits.count > (isNegative ? 1 : 0) else { return nil }
        for byte in digits.dropFirst(isNegative ? 1 : 0) {
            guard byte != UInt8(ascii: "-") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    /// What a value takes in a tree, with its place in a list or under a name.
    private static var valueByteCount: Int { 160 }

    /// Any value, as a tree. For the small parts of a file.
    mutating func value() throws(TokenizerError) -> JSONValue {
        try budget.take(byteCount: Self.valueByteCount, for: file)
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try enterObject()
            while let key = try nextKey() {
                try budget.take(byteCount: 2 * key.utf8.count, for: file)
                members[key] = try value()
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try enterArray()
            while try nextElement() { elements.append(try value()) }
            return .array(elements)
        case UInt8(ascii: "\""):
            let text = try string()
            try budget.take(byteCount: text.utf8.count, for: file)
            return .string(text)
        case UInt8(ascii: "t") where literal("true"): return .boolean(true)
        case UInt8(ascii: "f") where literal("false"): return .boolean(false)
        case UInt8(ascii: "n") where literal("null"): return .null
        default: return try number()
        }
    }
}
