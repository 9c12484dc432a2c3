internal import OmniFormats

/// Scans the JSON of a checkpoint: the header of a safetensors file, or the list of the files of a sharded one. A
/// general JSON reader would accept a name given twice and build a tree of objects many times the size of the text.
struct CheckpointJSONScanner: ~Escapable {
    private let bytes: RawSpan
    private let file: String
    private var position = 0
    private var budget: ReadingBudget
    private let origin: Int

    /// Objects and arrays in each other, more than any description has.
    private static let depthLimit = 64

    /// - Parameter origin: where the text starts in its file, for messages.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, origin: Int, budget: ReadingBudget, file: String) {
        self.bytes = bytes
        self.origin = origin
        self.budget = budget
        self.file = file
        // A header inside a file has none.
        if origin == 0, bytes.startsWithByteOrderMark { position = 3 }
    }

    /// Takes memory from the budget.
    mutating func spend(_ byteCount: Int) throws(CheckpointError) {
        do {
            try budget.take(byteCount: byteCount)
        } catch {
            throw CheckpointError(.overBudget, file: file, reason: error.reason)
        }
    }

    /// An object of texts, or null.
    mutating func stringTable() throws(CheckpointError) -> [String: String] {
        var table: [String: String] = [:]
        if takes("null") { return table }
        try expect("{")
        var isFirst = true
        while try another(closing: "}", isFirst: &isFirst) {
            let key = try string()
            try expect(":")
            let value = try string()
            try spend(key.utf8.count + value.utf8.count + 64)
            table[key] = value
        }
        return table
    }

    /// A list of numbers, at most so many.
    mutating func integers(limit: Int) throws(CheckpointError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        var isFirst = true
        while try another(closing: "]", isFirst: &isFirst) {
            guard values.count < limit else { throw malformed("a list of more than \(limit) numbers") }
            values.append(try integer())
        }
        return values
    }

    private mutating func integer() throws(CheckpointError) -> Int {
        skipSpace()
        var value = 0
        let start = position
        while let digit = bytes.byte(at: position), (0x30...0x39).contains(digit) {
            let (tens, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int(digit & 15))
            guard !high, !overflow else { throw malformed("a number is too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw malformed("a number that is not negative must stand here") }
        guard position == start + 1 || bytes.byte(at: start) != UInt8(ascii: "0") else {
            throw malformed("a number that starts with a zero")
        }
        return value
    }

    /// Whether a list or object has another member; takes the comma or the closing bracket.
    mutating func another(closing: Unicode.Scalar, isFirst: inout Bool) throws(CheckpointError) -> Bool {
        skipSpace()
        defer { isFirst = false }
        if bytes.byte(at: position) == UInt8(ascii: closing) {
            position += 1
            return false
        }
        if !isFirst { try expect(",") }
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
        skipSpace()
        guard bytes.byte(at: position) == UInt8(ascii: character) else {
            throw malformed("a \(character) is missing")
        }
        position += 1
    }

    /// Reads past a value of any kind, whatever is in it.
    mutating func skipValue(depth: Int = 0) throws(CheckpointError) {
        guard depth < Self.depthLimit else { throw malformed("more than \(Self.depthLimit) levels of nesting") }
        skipSpace()
        switch bytes.byte(at: position) {
        case UInt8(ascii: "{"):
            position += 1
            var isFirst = true
            while try another(closing: "}", isFirst: &isFirst) {
                _ = try string()
                try expect(":")
                try skipValue(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            position += 1
            var isFirst = true
            while try another(closing: "]", isFirst: &isFirst) { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            if takes("true") || takes("false") || takes("null") { return }
            try skipNumber()
        }
    }

    private mutating func skipNumber() throws(CheckpointError) {
        let start = position
        while let byte = bytes.byte(at: position), "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        guard let text = bytes.text(start..<position), Double(text) != nil else {
            throw malformed("a value is missing")
        }
    }

    /// Whether `word` comes next; it is taken then.
    mutating func takes(_ word: String) -> Bool {
        skipSpace()
        guard bytes.text(position..<position + word.utf8.count) == word else { return false }
        position += word.utf8.count
        return true
    }

    /// Nothing but white space may be left.
    mutating func expectEnd() throws(CheckpointError) {
        skipSpace()
        guard position == bytes.byteCount else { throw malformed("there is text after the end") }
    }

    private mutating func skipSpace() {
        while let byte = bytes.byte(at: position), [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    mutating func string() throws(CheckpointError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = bytes.byte(at: position) {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("a name is not UTF-8")
                }
                guard string.isStreamSafe else { throw malformed(StreamSafeText.fault) }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw malformed("a name holds a control character")
            default: text.append(byte)
            }
        }
        throw malformed("a name has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(CheckpointError) {
        guard let kind = bytes.byte(at: position) else { throw malformed("a name has no end") }
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), bytes.text(position..<position + 2) == "\\u" {
                position += 2
                units.append(try codeUnit())
            }
            guard let string = String(validating: units, as: UTF16.self) else {
                throw malformed("a name holds half a surrogate pair")
            }
            text.append(contentsOf: string.utf8)
        default: throw malformed("a name holds an unknown escape")
        }
    }

    private mutating func codeUnit() throws(CheckpointError) -> UInt16 {
        guard let digits = bytes.text(position..<position + 4), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let unit = UInt16(digits, radix: 16)
        else { throw malformed("a name holds an unknown escape") }
        position += 4
        return unit
    }

    func malformed(_ reason: String) -> CheckpointError {
        CheckpointError(.malformed, file: file, reason: "byte \(origin + position): \(reason)")
    }
}
