extension [UInt8] {
    /// In base64.
    var base64: String {
        let alphabet = Base64.alphabet
        var text: [UInt8] = []
        text.reserveCapacity((count + 2) / 3 * 4)
        for start in stride(from: 0, to: count, by: 3) {
            let rest = count - start
            let word =
                Int(self[start]) << 16 | (rest > 1 ? Int(self[start + 1]) << 8 : 0)
                | (rest > 2 ? Int(self[start + 2]) : 0)
            text.append(alphabet[word >> 18])
            text.append(alphabet[word >> 12 & 63])
            text.append(rest > 1 ? alphabet[word >> 6 & 63] : UInt8(ascii: "="))
            text.append(rest > 2 ? alphabet[word & 63] : UInt8(ascii: "="))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that a text in base64 stands for (RFC 4648, 4). Line breaks and spaces in it are passed over, as by
    /// the decoders of Python and of browsers.
    ///
    /// - Returns: `nil` when it is no base64.
    init?(base64 text: String) {
        var text = text
        let bytes = text.withUTF8 { Base64.decode(unsafe Span(_unsafeElements: $0)) }
        guard let bytes else { return nil }
        self = bytes
    }
}

enum Base64 {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let space: UInt8 = 64
    private static let padding: UInt8 = 65
    private static let other: UInt8 = 255

    /// The six bits of each character.
    private static let values: [UInt8] = {
        var values = Array(repeating: other, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        for character in " \t\r\n\u{B}\u{C}".utf8 { values[Int(character)] = space }
        values[Int(UInt8(ascii: "="))] = padding
        return values
    }()

    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        let values = values
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var (word, digitCount, paddingCount): (UInt32, Int, Int) = (0, 0, 0)
        for index in text.indices {
            let value = values[Int(text[index])]
            if value < 64 {
                guard paddingCount == 0 else { return nil }
                word = word << 6 | UInt32(value)
                digitCount += 1
                guard digitCount == 4 else { continue }
                bytes.append(UInt8(truncatingIfNeeded: word >> 16))
                bytes.append(UInt8(truncatingIfNeeded: word >> 8))
                bytes.append(UInt8(truncatingIfNeeded: word))
                (word, digitCount) = (0, 0)
            } else if value == padding {
                paddingCount += 1
            } else if value != space {
                return nil
            }
        }
        switch (digitCount, paddingCount) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(truncatingIfNeeded: word >> 4))
        case (3, 1):
            bytes.append(UInt8(truncatingIfNeeded: word >> 10))
            bytes.append(UInt8(truncatingIfNeeded: word >> 2))
        default: return nil
        }
        return bytes
    }
}
