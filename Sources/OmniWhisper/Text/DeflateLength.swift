/// How many bytes zlib makes of a text at its default level. Only the length is computed, by zlib's own rules: the same
/// search for repetitions, the same trees. Exact for up to 32 506 bytes; beyond that zlib's sliding window is not
/// modelled.
///
/// Whisper takes a text that compresses too well for a repetition that the decoder did not get out of.
struct DeflateLength {
    private static let minimumMatch = 3
    private static let maximumMatch = 258
    private static let maximumDistance = 32_768 - 262
    /// A match of three bytes from further away costs more than three literals.
    private static let tooFar = 4096
    // Level 6.
    private static let goodLength = 8
    private static let lazyLength = 16
    private static let niceLength = 128
    private static let chainLength = 128
    /// Symbols in a block.
    private static let blockSymbolCount = (1 << 14) - 1

    private let bytes: [UInt8]
    /// The last position of each hash; 0 for none, so that position 0 is never found.
    private var heads = [Int](repeating: 0, count: 1 << 15)
    /// The position before each with the same hash.
    private var previous: [Int]
    private var block = DeflateBlock()
    private var bitCount = 0
    private var blockStart = 0

    /// The length of `zlib.compress(bytes)`: header, blocks and checksum.
    static func ofCompressed(_ bytes: [UInt8]) -> Int {
        var deflate = DeflateLength(bytes)
        deflate.run()
        return 2 + (deflate.bitCount + 7) / 8 + 4
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        previous = [Int](repeating: 0, count: bytes.count)
    }

    /// Bytes beyond the end compare as zeros.
    private func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    /// Enters a position into the hash table.
    ///
    /// - Returns: the position before it with the same hash; 0 for none.
    private mutating func insert(_ position: Int) -> Int {
        let hash = (Int(bytes[position]) << 10 ^ Int(bytes[position + 1]) << 5 ^ Int(bytes[position + 2])) & 0x7FFF
        let head = heads[hash]
        previous[position] = head
        heads[hash] = position
        return head
    }

    /// A match is emitted only if the next position has no longer one.
    private mutating func run() {
        var position = 0
        var (matchLength, matchStart) = (Self.minimumMatch - 1, 0)
        var hasLiteral = false
        while position < bytes.count {
            let rest = bytes.count - position
            let head = rest >= Self.minimumMatch ? insert(position) : 0
            let (earlierLength, earlierStart) = (matchLength, matchStart)
            matchLength = Self.minimumMatch - 1
            if head != 0, earlierLength < Self.lazyLength, position - head <= Self.maximumDistance {
                (matchLength, matchStart) = longestMatch(at: position, from: head, beating: earlierLength, matchStart)
                if matchLength == Self.minimumMatch, position - matchStart > Self.tooFar {
                    matchLength = Self.minimumMatch - 1
                }
            }
            if earlierLength >= Self.minimumMatch, matchLength <= earlierLength {
                let lastInsert = position + rest - Self.minimumMatch
                block.addMatch(length: earlierLength, distance: position - 1 - earlierStart)
                for next in position + 1..<position + earlierLength - 1 where next <= lastInsert { _ = insert(next) }
                position += earlierLength - 1
                hasLiteral = false
                matchLength = Self.minimumMatch - 1
                if block.symbolCount == Self.blockSymbolCount { flush(to: position) }
            } else {
                if hasLiteral {
                    block.addLiteral(bytes[position - 1])
                    if block.symbolCount == Self.blockSymbolCount { flush(to: position) }
                }
                hasLiteral = true
                position += 1
            }
        }
        if hasLiteral { block.addLiteral(bytes[bytes.count - 1]) }
        flush(to: bytes.count)
    }

    private func longestMatch(
        at position: Int, from head: Int, beating earlierLength: Int, _ earlierStart: Int
    ) -> (length: Int, start: Int) {
        let rest = bytes.count - position
        let limit = max(0, position - Self.maximumDistance)
        let nice = min(Self.niceLength, rest)
        var chain = earlierLength >= Self.goodLength ? Self.chainLength / 4 : Self.chainLength
        var (best, start, candidate) = (earlierLength, earlierStart, head)
        repeat {
            if byte(candidate + best) == byte(position + best), byte(candidate + best - 1) == byte(position + best - 1)
            {
                var length = 0
                while length < Self.maximumMatch, byte(candidate + length) == byte(position + length) { length += 1 }
                if length > best {
                    (best, start) = (length, candidate)
                    if length >= nice { break }
                }
            }
            candidate = previous[candidate]
            chain -= 1
        } while candidate > limit && chain != 0
        return (min(best, rest), start)
    }

    private mutating func flush(to end: Int) {
        block.close()
        bitCount = block.bitCount(after: bitCount, storedByteCount: end - blockStart)
        block = DeflateBlock()
        blockStart = end
    }
}

/// How much of a text is repetition: bytes of UTF-8 for each byte that zlib makes of them.
enum CompressionRatio {
    static func of(_ text: String) -> Double {
        let bytes = Array(text.utf8)
        return Double(bytes.count) / Double(DeflateLength.ofCompressed(bytes))
    }
}
