/// Sixteen-bit floats by bit arithmetic: `Float16` is not available on every platform, and these loops vectorise.
enum NarrowFloat {
    /// The value of a bfloat16: the upper half of a 32-bit float.
    @inline(__always)
    static func widenBrain(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// The value of an IEEE half.
    @inline(__always)
    static func widenHalf(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7fff) << 13
        let exponent = magnitude & 0x0f80_0000
        // Moves the exponent bias from 15 to 127; infinities and NaN must end at 255, so they move twice.
        let rebias: UInt32 = 112 << 23
        let normal = magnitude &+ rebias &+ (exponent == 0x0f80_0000 ? rebias : 0)
        // A subnormal becomes 2⁻¹⁴ plus its value, from which 2⁻¹⁴ is taken: no slow subnormal arithmetic.
        let one: UInt32 = 113 << 23
        let subnormal = (Float(bitPattern: magnitude &+ one) - Float(bitPattern: one)).bitPattern
        let sign = UInt32(bits & 0x8000) << 16
        return Float(bitPattern: sign | (exponent == 0 ? subnormal : normal))
    }

    /// The nearest bfloat16, ties to even; NaN stays NaN.
    @inline(__always)
    static func narrowToBrain(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let rounded = bits &+ 0x7fff &+ ((bits >> 16) & 1)
        return value.isNaN ? UInt16(bits >> 16) | 0x40 : UInt16(rounded >> 16)
    }

    /// The nearest IEEE half, ties to even; what is too large becomes an infinity and NaN stays NaN.
    @inline(__always)
    static func narrowToHalf(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7fff_ffff
        if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
        if magnitude >= 0x4780_0000 { return sign | 0x7c00 }
        if magnitude < 0x3880_0000 {
            // Adding 0.5 leaves the units of a subnormal half in the lowest bits, rounded as the processor rounds.
            let half = (Float(bitPattern: magnitude) + 0.5).bitPattern
            return sign | UInt16(truncatingIfNeeded: half &- 0x3f00_0000)
        }
        let rounded = magnitude &- (112 << 23) &+ 0xfff &+ ((magnitude >> 13) & 1)
        return sign | UInt16(truncatingIfNeeded: rounded >> 13)
    }
}
