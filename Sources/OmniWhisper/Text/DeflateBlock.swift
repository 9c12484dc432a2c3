/// The symbols of one deflate block, and how many bits they take in the shortest of the three formats.
struct DeflateBlock {
    private(set) var symbolCount = 0
    private var literals = HuffmanTree(symbolCount: 286, lengthLimit: 15, extraBits: Self.literalExtraBits)
    private var distances = HuffmanTree(symbolCount: 30, lengthLimit: 15, extraBits: Self.distanceExtraBits)
    private static let endOfBlock = 256

    mutating func addLiteral(_ byte: UInt8) {
        literals.frequencies[Int(byte)] += 1
        symbolCount += 1
    }

    mutating func addMatch(length: Int, distance: Int) {
        literals.frequencies[257 + Self.lengthCode(length)] += 1
        distances.frequencies[Self.distanceCode(distance)] += 1
        symbolCount += 1
    }

    mutating func close() { literals.frequencies[Self.endOfBlock] += 1 }

    /// The length of the stream with this block, which ``close()`` has ended, at its end.
    ///
    /// - Parameters:
    ///   - bitCount: the length before it.
    ///   - storedByteCount: bytes that the block stands for.
    mutating func bitCount(after bitCount: Int, storedByteCount: Int) -> Int {
        // A tree of one symbol is filled up with symbols that do not occur, which the fixed codes are not charged for.
        let fixed =
            zip(literals.frequencies.indices, literals.frequencies).reduce(0) { sum, symbol in
                sum + symbol.1 * (Self.fixedLength(symbol.0) + literals.extraBits[symbol.0])
            } + zip(distances.frequencies, distances.extraBits).reduce(0) { $0 + $1.0 * (5 + $1.1) }
        var lengths = HuffmanTree(symbolCount: 19, lengthLimit: 7, extraBits: Self.codeLengthExtraBits)
        let content = literals.build() + distances.build()
        lengths.addRuns(of: literals.usedLengths)
        lengths.addRuns(of: distances.usedLengths)
        let description = lengths.build()
        var order = Self.codeLengthOrder[...]
        while order.count > 4, let last = order.last, lengths.lengths[last] == 0 { order.removeLast() }
        let dynamic = content + description + 3 * order.count + 5 + 5 + 4
        let (dynamicBytes, fixedBytes) = ((dynamic + 10) >> 3, (fixed + 10) >> 3)
        let shortest = min(dynamicBytes, fixedBytes)
        if storedByteCount + 4 <= shortest { return (bitCount + 10) / 8 * 8 + 32 + 8 * storedByteCount }
        return bitCount + 3 + (fixedBytes == shortest ? fixed : dynamic)
    }

    // MARK: Codes of RFC 1951

    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let literalExtraBits = Array(repeating: 0, count: 257) + lengthBits
    private static let distanceExtraBits = (0..<30).map { max(0, $0 / 2 - 1) }
    private static let codeLengthExtraBits = Array(repeating: 0, count: 16) + [2, 3, 7]
    private static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// The shortest length of each code but the last, which is 258 alone.
    private static let lengthBases: [Int] = lengthBits.dropLast().reduce(into: [3]) {
        $0.append($0[$0.count - 1] + 1 << $1)
    }
    private static let distanceBases: [Int] = distanceExtraBits.reduce(into: [1]) {
        $0.append($0[$0.count - 1] + 1 << $1)
    }

    private static func lengthCode(_ length: Int) -> Int {
        length == 258 ? 28 : (lengthBases.firstIndex { $0 > length } ?? 28) - 1
    }

    private static func distanceCode(_ distance: Int) -> Int {
        (distanceBases.firstIndex { $0 > distance } ?? 30) - 1
    }

    private static func fixedLength(_ symbol: Int) -> Int {
        switch symbol {
        case ..<144: 8
        case ..<256: 9
        case ..<280: 7
        default: 8
        }
    }
}
