/// Scans the JSON header of a safetensors file, and only what such a header may say. A general JSON reader would accept
/// a name given twice and build a tree of objects many times the size of the text.
struct SafetensorsHeaderScanner: ~Escapable {
    /// One tensor as the header describes it, unchecked.
    struct Entry {
        var name: String
        var scalarType = ""
        var shape: [Int] = []
        var start = 0
        var end = 0
    }

    private let bytes: RawSpan
    private let file: String
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The whole header.
    mutating func scan() throws(CheckpointError) -> (entries: [Entry], metadata: [String: String]) {
        var entries: [Entry] = []
        var names: Set<String> = []
        var metadata: [String: String] = [:]
        try expect("{")
        var isFirst = true
        while try another(closing: "}", isFirst: &isFirst) {
            let name = try string()
            guard names.insert(name).inserted else { throw malformed("the name \(name) is given twice") }
            try expect(":")
            if name == "__metadata__" {
                metadata = try stringTable()
            } else {
                entries.append(try entry(name))
            }
        }
        skipSpace()
        guard position == bytes.byteCount else { throw malformed("there is text after the header's end") }
        return (entries, metadata)
    }

    private mutating func entry(_ name: String) throws(CheckpointError) -> Entry {
        var entry = Entry(name: name)
        var seen: Set<String> = []
        try expect("{")
        var isFirst = true
        while try another(closing: "}", isFirst: &isFirst) {
            let key = try string()
            guard seen.insert(key).inserted else { throw malformed("\(key) is given twice for \(name)") }
            try expect(":")
            switch key {
            case "dtype": entry.scalarType = try string()
            case "shape": entry.shape = try integers()
            case "data_offsets":
                let offsets = try integers()
                guard offsets.count == 2 else { throw malformed("data_offsets of \(name) are not two numbers") }
                (entry.start, entry.end) = (offsets[0], offsets[1])
            default: throw malformed("\(name) has an unknown key \(key)")
            }
        }
        guard seen.count == 3 else { throw malformed("\(name) lacks one of dtype, shape and data_offsets") }
        return entry
    }

    private mutating func stringTable() throws(CheckpointError) -> [String: String] {
        var table: [String: String] = [:]
        try expect("{")
        var isFirst = true
        while try another(closing: "}", isFirst: &isFirst) {
            let key = try string()
            try expect(":")
            table[key] = try string()
        }
        return table
    }

    private mutating func integers() throws(CheckpointError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        var isFirst = true
        while try another(closing: "]", isFirst: &isFirst) { values.append(try integer()) }
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
        return value
    }

    /// Whether a list or object has another member; takes the comma or the closing bracket.
    private mutating func another(closing: Unicode.Scalar, isFirst: inout Bool) throws(CheckpointError) -> Bool {
        skipSpace()
        defer { isFirst = false }
        if bytes.byte(at: position) == UInt8(ascii: closing) {
            position += 1
            return false
        }
        if !isFirst { try expect(",") }
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
        skipSpace()
        guard bytes.byte(at: position) == UInt8(ascii: character) else {
            throw malformed("a \(character) is missing")
        }
        position += 1
    }

    private mutating func skipSpace() {
        while let byte = bytes.byte(at: position), byte == 0x20 || (0x09...0x0d).contains(byte) { position += 1 }
    }

    private mutating func string() throws(CheckpointError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = bytes.byte(at: position) {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("a name is not UTF-8")
                }
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

    private func malformed(_ reason: String) -> CheckpointError {
        CheckpointError(.malformed, file: file, reason: "byte \(8 + position) of the header: \(reason)")
    }
}
