extension Span<UInt8> {
    /// The scalar that starts at `index`, as its value and its length in bytes. What is not UTF-8 counts as U+FFFD, one
    /// byte long.
    @inline(__always)
    func scalar(at index: Int) -> (value: UInt32, byteCount: Int) {
        let first = self[index]
        if first < 0x80 { return (UInt32(first), 1) }
        return longScalar(at: index)
    }

    private func longScalar(at index: Int) -> (value: UInt32, byteCount: Int) {
        let malformed = (value: UInt32(0xFFFD), byteCount: 1)
        let first = self[index]
        guard first >= 0xC2, first <= 0xF4 else { return malformed }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard index + length <= count else { return malformed }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let byte = self[index + offset]
            guard byte & 0xC0 == 0x80 else { return malformed }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // Overlong forms, surrogates and numbers beyond Unicode.
        if length == 3, value < 0x800 || (0xD800...0xDFFF).contains(value) { return malformed }
        if length == 4, value < 0x10000 || value > 0x10FFFF { return malformed }
        return (value, length)
    }

    /// Whether the bytes of `range` are those of `other`.
    @inline(__always)
    func matches(_ range: Range<Int>, _ other: Span<UInt8>, _ otherRange: Range<Int>) -> Bool {
        guard range.count == otherRange.count else { return false }
        for offset in 0..<range.count
        where self[range.lowerBound + offset] != other[otherRange.lowerBound + offset] { return false }
        return true
    }
}

/// Where a text may be cut without tearing a scalar apart.
enum UTF8Boundary {
    /// How many bytes at the end of `bytes` start a scalar that more bytes could complete, 0…3.
    static func incompleteSuffixCount(_ bytes: Span<UInt8>) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            guard expectedCount(lead) > length else { return 0 }
            return length == 1 || secondRange(lead).contains(bytes[bytes.count - length + 1]) ? length : 0
        }
        return 0
    }

    /// The length of the scalar that `lead` starts; 1 for what starts none.
    static func expectedCount(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// What may follow `lead`: narrower than all continuation bytes where that excludes overlong forms and surrogates.
    private static func secondRange(_ lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
