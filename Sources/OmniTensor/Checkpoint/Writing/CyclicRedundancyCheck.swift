/// The check sum of zip entries: CRC-32 with the polynomial 0xEDB88320, eight bytes at a step.
struct CyclicRedundancyCheck {
    private var state: UInt32 = .max

    /// The check sum of everything added so far.
    var value: UInt32 { ~state }

    /// Row `k` moves a byte past `k` further zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xedb8_8320) }
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 255)]
        }
        return tables
    }()

    /// Takes further bytes in.
    mutating func add(_ bytes: [UInt8]) {
        let tables = Self.tables.span
        let span = bytes.span
        var (sum, index) = (state, 0)
        while index + 8 <= span.count {
            var next: UInt32 = 0
            for place in 0..<8 {
                let byte = span[index + place] ^ (place < 4 ? UInt8(truncatingIfNeeded: sum >> (8 * UInt32(place))) : 0)
                next ^= tables[(7 - place) * 256 + Int(byte)]
            }
            sum = next
            index += 8
        }
        while index < span.count {
            sum = sum >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: sum) ^ span[index])]
            index += 1
        }
        state = sum
    }
}
