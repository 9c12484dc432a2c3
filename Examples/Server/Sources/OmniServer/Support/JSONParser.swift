/// Reads JSON (RFC 8259) in one pass, in a time and a space that its length bounds, whatever it is: what any
/// client may send must not keep a thread busy that others need.
struct JSONParser {
    /// Why there is no value; where is of no use to a client.
    enum Failure: Error {
        case malformed
        /// There is more than the limits allow.
        case tooLarge
    }

    struct Limits: Sendable, Hashable {
        /// Bytes besides those of strings that are members named `audio`.
        var textByteCount: Int

        /// The body of a request.
        static let request = Limits(textByteCount: 1 << 20)
        /// An event of a realtime conversation.
        static let event = Limits(textByteCount: 64 << 10)
    }

    /// Values in values.
    static let maximumDepth = 100
    /// Values in all: what is sent here has a few dozen.
    static let maximumValueCount = 100_000
    private static let maximumNumberLength = 512
    private static let maximumNameLength = 256

    private let bytes: [UInt8]
    private let limits: Limits
    /// Bytes of audio so far.
    private var audioByteCount = 0
    private var place = 0
    private var depth = 0
    private var valueCount = 0

    private init(_ bytes: [UInt8], _ limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The value that is all of some bytes, but for white space.
    static func parse(_ bytes: [UInt8], _ limits: Limits = .request) throws(Failure) -> JSON {
        var parser = JSONParser(bytes, limits)
        let value = try parser.value()
        try parser.skipSpace()
        guard parser.next == nil else { throw .malformed }
        return value
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() throws(Failure) {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
        try checkLimit()
    }

    private func checkLimit() throws(Failure) {
        guard place - audioByteCount <= limits.textByteCount else { throw .tooLarge }
    }

    /// Passes over a byte if it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    // MARK: Values

    private mutating func value() throws(Failure) -> JSON {
        try skipSpace()
        valueCount += 1
        guard let first = next, valueCount <= Self.maximumValueCount else { throw .malformed }
        switch first {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw .malformed
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
        guard bytes[place...].starts(with: word.utf8) else { throw .malformed }
        place += word.utf8.count
        return value
    }

    private mutating func array() throws(Failure) -> [JSON] {
        var values: [JSON] = []
        try list(until: UInt8(ascii: "]")) { parser throws(Failure) in values.append(try parser.value()) }
        return values
    }

    /// The last of equal names counts.
    private mutating func object() throws(Failure) -> [String: JSON] {
        var members: [String: JSON] = [:]
        try list(until: UInt8(ascii: "}")) { parser throws(Failure) in
            try parser.skipSpace()
            guard parser.next == UInt8(ascii: "\"") else { throw .malformed }
            let name = try parser.string()
            // What has a long name means nothing here; looking it up takes long.
            guard name.utf8.count <= Self.maximumNameLength else { throw .malformed }
            try parser.skipSpace()
            guard parser.take(UInt8(ascii: ":")) else { throw .malformed }
            try parser.skipSpace()
            if name == "audio", parser.next == UInt8(ascii: "\"") {
                members[name] = .string(try parser.string(isAudio: true))
            } else {
                members[name] = try parser.value()
            }
        }
        return members
    }

    /// What stands in brackets, with commas between.
    private mutating func list(
        until end: UInt8, _ element: (inout JSONParser) throws(Failure) -> Void
    ) throws(Failure) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw .malformed }
        place += 1
        try skipSpace()
        if take(end) { return }
        while true {
            try element(&self)
            try skipSpace()
            if take(end) { return }
            guard take(UInt8(ascii: ",")) else { throw .malformed }
        }
    }

    // MARK: Numbers

    private mutating func number() throws(Failure) -> JSON {
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
        guard place - start <= Self.maximumNumberLength else { throw .malformed }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .malformed }
        return .number(number)
    }

    /// One digit or more.
    private mutating func digits() throws(Failure) {
        let start = place
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw .malformed }
    }

    // MARK: Strings

    private mutating func string(isAudio: Bool = false) throws(Failure) -> String {
        place += 1
        let begin = place
        var start = place
        // Pieces between escapes; most strings are one piece.
        var text: [UInt8] = []
        while true {
            while place < bytes.count, Self.isPlain(bytes[place]) { place += 1 }
            if isAudio { audioByteCount += place - start } else { try checkLimit() }
            guard let byte = next else { throw .malformed }
            switch byte {
            case UInt8(ascii: "\""):
                defer { place += 1 }
                let string =
                    start == begin
                    ? String(validating: bytes[start..<place], as: UTF8.self)
                    : String(validating: text + bytes[start..<place], as: UTF8.self)
                guard let string, isAudio || string.isStreamSafe else { throw .malformed }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[start..<place]
                start = place
                place += 1
                if let units = UTF8.encode(try escape()) { text.append(contentsOf: units) }
                if isAudio { audioByteCount += place - start }
                start = place
            default: throw .malformed
            }
        }
    }

    /// Whether a byte of a string stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        guard let byte = next else { throw .malformed }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scalar()
        default: throw .malformed
        }
    }

    /// Four hexadecimal digits, or for what lies beyond them two halves of UTF-16.
    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .malformed }
        let second = try codeUnit()
        let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF))
        guard UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(value) else { throw .malformed }
        return scalar
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .malformed }
            place += 1
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
