/// The logarithmic 8-bit codes of telephony (ITU-T G.711), for 16-bit samples.
public enum G711 {
    /// A sample as a µ-law code.
    public static func encodeMu(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0x80 : 0
        let magnitude = min(abs(Int(sample)), 32_635) + 132
        let exponent = 7 - (UInt8(truncatingIfNeeded: magnitude >> 7).leadingZeroBitCount)
        let mantissa = (magnitude >> (exponent + 3)) & 0x0F
        return ~(sign | UInt8(exponent << 4) | UInt8(mantissa))
    }

    /// The sample that a µ-law code stands for.
    public static func decodeMu(_ code: UInt8) -> Int16 {
        let bits = ~code
        let magnitude = ((Int(bits & 0x0F) << 3) + 132) << Int((bits >> 4) & 7)
        return Int16(bits & 0x80 == 0 ? magnitude - 132 : 132 - magnitude)
    }

    /// A sample as an A-law code.
    public static func encodeA(_ sample: Int16) -> UInt8 {
        let sign: UInt8 = sample < 0 ? 0 : 0x80
        let magnitude = min(sample < 0 ? -Int(sample) - 1 : Int(sample), 32_767) >> 4
        guard magnitude >= 16 else { return (sign | UInt8(magnitude)) ^ 0x55 }
        let exponent = Int.bitWidth - magnitude.leadingZeroBitCount - 4
        let mantissa = (magnitude >> (exponent - 1)) & 0x0F
        return (sign | UInt8(exponent << 4) | UInt8(mantissa)) ^ 0x55
    }

    /// The sample that an A-law code stands for.
    public static func decodeA(_ code: UInt8) -> Int16 {
        let bits = code ^ 0x55
        let exponent = Int((bits >> 4) & 7)
        let mantissa = Int(bits & 0x0F)
        let magnitude = exponent == 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 264) << (exponent - 1)
        return Int16(bits & 0x80 != 0 ? magnitude : -magnitude)
    }
}
