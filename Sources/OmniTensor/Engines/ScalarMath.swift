#if canImport(Darwin)
    public import Darwin
#elseif canImport(Glibc)
    public import Glibc
#elseif canImport(Musl)
    public import Musl
#endif

/// The platform's scalar functions under one roof, so that no other file asks which C library there is.
@usableFromInline
package enum ScalarMath {
    /// e to the power `x`.
    @inlinable package static func exp(_ x: Float) -> Float { expf(x) }
    /// The natural logarithm.
    @inlinable package static func log(_ x: Float) -> Float { logf(x) }
    /// The error function.
    @inlinable package static func erf(_ x: Float) -> Float { erff(x) }
    /// The hyperbolic tangent.
    @inlinable package static func tanh(_ x: Float) -> Float { tanhf(x) }
    /// The sine of an angle in radians.
    @inlinable package static func sin(_ x: Float) -> Float { sinf(x) }
    /// The cosine of an angle in radians.
    @inlinable package static func cos(_ x: Float) -> Float { cosf(x) }
    /// The sine of an angle in radians.
    @inlinable package static func sin(_ x: Double) -> Double { unqualifiedSin(x) }
    /// The cosine of an angle in radians.
    @inlinable package static func cos(_ x: Double) -> Double { unqualifiedCos(x) }
    /// e to the power `x`.
    @inlinable package static func exp(_ x: Double) -> Double { unqualifiedExp(x) }
    /// The natural logarithm.
    @inlinable package static func log(_ x: Double) -> Double { unqualifiedLog(x) }
    /// The decimal logarithm.
    @inlinable package static func log10(_ x: Double) -> Double { unqualifiedLog10(x) }
    /// `x` to the power `y`.
    @inlinable package static func pow(_ x: Double, _ y: Double) -> Double { unqualifiedPow(x, y) }
}

// Inside the enum the short names mean its own members; these reach the C library's.
@usableFromInline func unqualifiedSin(_ x: Double) -> Double { sin(x) }
@usableFromInline func unqualifiedCos(_ x: Double) -> Double { cos(x) }
@usableFromInline func unqualifiedExp(_ x: Double) -> Double { exp(x) }
@usableFromInline func unqualifiedLog(_ x: Double) -> Double { log(x) }
@usableFromInline func unqualifiedLog10(_ x: Double) -> Double { log10(x) }
@usableFromInline func unqualifiedPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
