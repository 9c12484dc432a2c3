/// What the patterns of byte-level tokenizers tell apart.
enum CharacterClass {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\r`, `\n`
    case newline
    /// `\s` without those
    case space
    /// Everything else
    case other

    /// The class of the scalar at `index`, and how long it is in bytes.
    @inline(__always)
    static func at(_ index: Int, in text: Span<UInt8>) -> (kind: CharacterClass, byteCount: Int) {
        let byte = text[index]
        if byte < 0x80 { return (ascii(byte), 1) }
        let (scalar, length) = text.scalar(at: index)
        return (other(scalar), length)
    }

    @inline(__always)
    private static func ascii(_ byte: UInt8) -> CharacterClass {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A: .letter
        case 0x30...0x39: .number
        case 0x0A, 0x0D: .newline
        case 0x20, 0x09, 0x0B, 0x0C: .space
        default: .other
        }
    }

    private static func other(_ value: UInt32) -> CharacterClass {
        // Chinese characters and Hangul syllables, without a look at the tables.
        if (0x4E00...0x9FFF).contains(value) || (0xAC00...0xD7A3).contains(value) { return .letter }
        guard let scalar = Unicode.Scalar(value) else { return .other }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
        // U+0085 is a control character and white space.
        case .control: return scalar.properties.isWhitespace ? .space : .other
        default: return .other
        }
    }

    /// Whether `\w` matches: letters, marks, decimal digits, connectors.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }
}
