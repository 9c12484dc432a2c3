extension SplitExpressionParser {
    /// What stands after a backslash, inside a class or outside of one.
    mutating func escapedItem() throws(Refusal) -> ScalarSet.Item {
        let scalar = try take()
        func single(_ value: UInt32) -> ScalarSet.Item { .range(value...value) }
        switch scalar {
        case "n": return single(0x0A)
        case "r": return single(0x0D)
        case "t": return single(0x09)
        case "f": return single(0x0C)
        case "v": return single(0x0B)
        case "a": return single(0x07)
        case "e": return single(0x1B)
        case "s", "S": return .space(isNegated: scalar == "S")
        case "w", "W": return .expressionWord(isNegated: scalar == "W")
        case "d", "D": return .categories(ScalarSet.mask("Nd") ?? 0, isNegated: scalar == "D")
        case "h", "H":
            let digits = ScalarSet([.range(0x30...0x39), .range(0x41...0x46), .range(0x61...0x66)])
            return .nested(scalar == "h" ? digits : ScalarSet([.nested(digits)], isNegated: true))
        case "p", "P": return try property(isNegated: scalar == "P")
        case "x": return single(try takes("{") ? hexadecimal(closing: "}") : hexadecimal(count: 2))
        case "u": return single(try hexadecimal(count: 4))
        default:
            let isLetterOrDigit = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            guard !isLetterOrDigit else { throw Refusal(reason: "the escape \\\(scalar)") }
            return single(scalar.value)
        }
    }

    private mutating func property(isNegated: Bool) throws(Refusal) -> ScalarSet.Item {
        guard takes("{") else { throw Refusal(reason: "\\p without a name in braces") }
        let isInverted = takes("^")
        var name = ""
        while try take(until: "}", into: &name) {}
        guard let mask = ScalarSet.mask(name) else { throw Refusal(reason: "the property \\p{\(name)}") }
        return .categories(mask, isNegated: isNegated != isInverted)
    }

    /// Takes one scalar into `text`, or `end`, which makes it false.
    private mutating func take(until end: Unicode.Scalar, into text: inout String) throws(Refusal) -> Bool {
        let scalar = try take()
        guard scalar != end else { return false }
        text.unicodeScalars.append(scalar)
        return true
    }

    private mutating func hexadecimal(count: Int) throws(Refusal) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = Character(try take()).hexDigitValue else { throw Refusal(reason: "a short \\x or \\u") }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func hexadecimal(closing: Unicode.Scalar) throws(Refusal) -> UInt32 {
        var value: UInt32 = 0
        while let scalar = next, scalar != closing {
            guard let digit = Character(try take()).hexDigitValue, value < 0x11_0000 else {
                throw Refusal(reason: "a \\x{…} that is no character")
            }
            value = value << 4 | UInt32(digit)
        }
        _ = try take()
        return value
    }
}
