/// How GPT-2 spells bytes as printable characters, so that a vocabulary of byte strings fits into JSON: printable
/// Latin-1 stands for itself, every other byte for the next free character from U+0100 on (a space is "Ġ").
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [UInt32] = {
        var next: UInt32 = 256
        return (0..<256).map { (byte: UInt32) in
            if isPlain(byte) { return byte }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte of each character below U+0144; -1 for those that stand for none.
    static let bytes: [Int16] = {
        var result = [Int16](repeating: -1, count: 0x144)
        for (byte, character) in characters.enumerated() { result[Int(character)] = Int16(byte) }
        return result
    }()

    private static func isPlain(_ byte: UInt32) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }

    /// Appends the bytes that `text[range]` spells to `result`. A text with any other character in it stands for
    /// itself.
    static func appendBytes(of text: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8], table: [Int16]) {
        let start = result.count
        var index = range.lowerBound
        while index < range.upperBound {
            let (value, length) = text.scalar(at: index)
            guard value < 0x144, table[Int(value)] >= 0 else {
                result.removeLast(result.count - start)
                for place in range { result.append(text[place]) }
                return
            }
            result.append(UInt8(truncatingIfNeeded: table[Int(value)]))
            index += length
        }
    }

    /// Appends the spelling of a byte, in UTF-8.
    static func append(_ byte: UInt8, to spelling: inout [UInt8]) {
        let character = characters[Int(byte)]
        if character < 0x80 {
            spelling.append(UInt8(character))
        } else {
            spelling.append(UInt8(0xC0 | character >> 6))
            spelling.append(UInt8(0x80 | character & 0x3F))
        }
    }
}
