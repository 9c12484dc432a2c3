extension RawSpan {
    /// A little-endian number at a byte offset that need not be aligned; `nil` where it would reach past the end.
    func little<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number? {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return nil }
        return Number(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
    }

    /// A byte; `nil` past the end.
    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Whether the bytes start with the mark that some editors put before UTF-8 text.
    var startsWithByteOrderMark: Bool {
        byte(at: 0) == 0xEF && byte(at: 1) == 0xBB && byte(at: 2) == 0xBF
    }

    /// Bytes as text; `nil` when they reach past the end or are not UTF-8.
    func text(_ range: Range<Int>) -> String? {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else { return nil }
        return unsafe extracting(range).withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// Appends a number, lowest byte first.
    mutating func appendLittle(_ number: some FixedWidthInteger) {
        var rest = number
        for _ in 0..<number.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
