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
