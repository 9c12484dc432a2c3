internal import OmniFormats

/// Reads JSON (RFC 8259) front to back without building a tree, so that a vocabulary goes straight into its table.
///
/// A general decoder takes seconds for the 300 000 strings of a Qwen2 file. Nesting is limited, and what is kept is
/// taken from a budget.
struct JSONScanner {
    /// The bytes of the file, known to be UTF-8.
    let bytes: [UInt8]
    /// The path that errors name.
    let file: String
    private(set) var position = 0
    /// What may still be made of the file.
    var budget: ReadingBudget
    /// One entry for each open object or array: whether an element has been read.
    private var hasElement: [Bool] = []

    static let depthLimit = 64

    /// - Throws: ``TokenizerError/Code/malformed`` when the bytes are not UTF-8.
    init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
        guard bytes.count < 1 << 31 else {
            throw TokenizerError(.unsupported, file: file, reason: "\(bytes.count) bytes are more than 2 GiB")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TokenizerError(.malformed, file: file, reason: "the file is not UTF-8 text")
        }
        self.bytes = bytes
        self.file = file
        budget = ReadingBudget(fileByteCount: bytes.count)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The error for what stands here.
    func fault(_ reason: String) -> TokenizerError {
        TokenizerError(.malformed, file: file, reason: "\(reason) at byte \(position)")
    }

    /// The next byte that is not white space; `nil` at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    mutating func expect(_ byte: UInt8) throws(TokenizerError) {
        guard peek() == byte else { throw fault("expected \(Unicode.Scalar(byte))") }
        position += 1
    }

    mutating func enterObject() throws(TokenizerError) { try enter(UInt8(ascii: "{")) }

    mutating func enterArray() throws(TokenizerError) { try enter(UInt8(ascii: "[")) }

    private mutating func enter(_ byte: UInt8) throws(TokenizerError) {
        try expect(byte)
        guard hasElement.count < Self.depthLimit else { throw fault("more than \(Self.depthLimit) levels of nesting") }
        hasElement.append(false)
    }

    /// Appends the next key of the object to `key`; `false` when the object has ended.
    mutating func nextKey(into key: inout [UInt8]) throws(TokenizerError) -> Bool {
        guard try nextElement(closing: UInt8(ascii: "}")) else { return false }
        try string(into: &key)
        try expect(UInt8(ascii: ":"))
        return true
    }

    /// The next key of the object; `nil` when the object has ended.
    mutating func nextKey() throws(TokenizerError) -> String? {
        var bytes: [UInt8] = []
        guard try nextKey(into: &bytes) else { return nil }
        let key = String(decoding: bytes, as: UTF8.self)
        guard key.isStreamSafe else { throw fault(StreamSafeText.fault) }
        return key
    }

    /// Whether the array has another element, which is then to be read.
    mutating func nextElement() throws(TokenizerError) -> Bool { try nextElement(closing: UInt8(ascii: "]")) }

    private mutating func nextElement(closing end: UInt8) throws(TokenizerError) -> Bool {
        guard let isLater = hasElement.last else { throw fault("nothing is open") }
        if peek() == end {
            position += 1
            hasElement.removeLast()
            return false
        }
        if isLater { try expect(UInt8(ascii: ",")) }
        hasElement[hasElement.count - 1] = true
        return true
    }

    /// Nothing but white space may be left.
    mutating func expectEnd() throws(TokenizerError) {
        if peek() != nil { throw fault("there is more after the value") }
    }

    /// Whether `word` comes next; it is read then.
    mutating func literal(_ word: StaticString) -> Bool {
        _ = peek()
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        let found = String(decoding: bytes[position..<position + length], as: UTF8.self)
        guard found == word.description else { return false }
        position += length
        return true
    }

    /// Reads past `count` bytes.
    mutating func advance(_ count: Int) { position += count }
}
