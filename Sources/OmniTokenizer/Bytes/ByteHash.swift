/// Hashing for the tables of this module. The seed differs from run to run, so that no file can be made whose entries
/// all collide; nothing that is computed depends on it.
enum ByteHash {
    static let seed = UInt64.random(in: .min ... .max)

    /// Mixes all bits of `value` into the upper half of the result.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ (value >> 32)) &* 0x9E37_79B9_7F4A_7C15
        return (product ^ (product >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }

    /// The hash of `bytes[range]`.
    @inline(__always)
    static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64) -> UInt64 {
        var result = seed ^ UInt64(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            var word: UInt64 = 0
            let end = min(index + 8, range.upperBound)
            while index < end {
                word = word << 8 | UInt64(bytes[index])
                index += 1
            }
            result = mix(result ^ word)
        }
        return result ^ (result >> 32)
    }
}

/// The number of slots of an open-addressing table: a power of two, at most half full.
func slotCount(for entryCount: Int) -> Int {
    var count = 16
    while count < entryCount * 2 { count *= 2 }
    return count
}
