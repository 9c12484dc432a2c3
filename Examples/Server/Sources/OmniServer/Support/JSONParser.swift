/// Reads JSON (RFC 8259) in one pass, in a time and a space that its length bounds, whatever it is: what anybody may send must not
/// keep a thread busy that others need.
struct JSONParser {
    /// Why there is no value; where is of no use to anybody.
    struct Malformed: Error {}

    /// Values in values.
    static let maximumDepth = 100
    /// Values in all: what is sent here has a few dozen.
    static let maximumValueCount = 100_000
    private static let maximumNumberLength = 512

    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    private var valueCount = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that is all of some bytes, but for white space.
    static func parse(_ bytes: [UInt8]) throws(Malformed) -> JSON {
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.next == nil else { throw Malformed() }
        return value
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    /// Passes over a byte if it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    // MARK: Values

    private mutating func value() throws(Malformed) -> JSON {
        skipSpace()
        valueCount += 1
        guard let first = next, valueCount <= Self.maximumValueCount else { throw Malformed() }
        switch first {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw Malformed()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Malformed) -> JSON {
        guard bytes[place...].starts(with: word.utf8) else { throw Malformed() }
        place += word.utf8.count
        return value
    }

    private mutating func array() throws(Malformed) -> [JSON] {
        var values: [JSON] = []
        try list(until: UInt8(ascii: "]")) { parser throws(Malformed) in values.append(try parser.value()) }
        return values
    }

    /// The last of equal names counts.
    private mutating func object() throws(Malformed) -> [String: JSON] {
        var members: [String: JSON] = [:]
        try list(until: UInt8(ascii: "}")) { parser throws(Malformed) in
            parser.skipSpace()
            guard parser.next == UInt8(ascii: "\"") else { throw Malformed() }
            let name = try parser.string()
            parser.skipSpace()
            guard parser.take(UInt8(ascii: ":")) else { throw Malformed() }
            members[name] = try parser.value()
        }
        return members
    }

    /// What stands in brackets, with commas between.
    private mutating func list(
        until end: UInt8, _ element: (inout JSONParser) throws(Malformed) -> Void
    ) throws(Malformed) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw Malformed() }
        place += 1
        skipSpace()
        if take(end) { return }
        while true {
            try element(&self)
            skipSpace()
            if take(end) { return }
            guard take(UInt8(ascii: ",")) else { throw Malformed() }
        }
    }

    // MARK: Numbers

    private mutating func number() throws(Malformed) -> JSON {
        let start = place
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        guard place - start <= Self.maximumNumberLength else { throw Malformed() }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw Malformed() }
        return .number(number)
    }

    /// One digit or more.
    private mutating func digits() throws(Malformed) {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw Malformed() }
    }

    // MARK: Strings

    private mutating func string() throws(Malformed) -> String {
        place += 1
        var start = place
        // Pieces between escapes; most strings are one piece.
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[start..<place]
                place += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw Malformed() }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[start..<place]
                place += 1
                text += UTF8.encode(try escape()).map { Array($0) } ?? []
                start = place
            case ..<0x20: throw Malformed()
            default: place += 1
            }
        }
        throw Malformed()
    }

    private mutating func escape() throws(Malformed) -> Unicode.Scalar {
        guard let byte = next else { throw Malformed() }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scalar()
        default: throw Malformed()
        }
    }

    /// Four hexadecimal digits, or for what lies beyond them two halves of UTF-16.
    private mutating func scalar() throws(Malformed) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw Malformed() }
        let second = try codeUnit()
        let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF))
        guard UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(value) else { throw Malformed() }
        return scalar
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Malformed() }
            place += 1
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
