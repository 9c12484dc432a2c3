/// An exponential in a dozen vector operations, for softmax and the activations made of it.
enum FastExponential {
    /// e to the power `x`, within two units in the last place for `-86...88`.
    ///
    /// Below, the value for −86 (4.5e-38) stands for what is nearer to zero; above, the value for 88 (1.7e38) for
    /// what is larger. Not a number stays that.
    @inline(__always)
    static func exp(_ x: Lanes) -> Lanes {
        // A comparison with NaN is false, so that it is not replaced.
        let x = x.replacing(with: -86, where: x .< -86).replacing(with: 88, where: x .> 88)
        // x = n · ln 2 + r. Adding 1.5 · 2²³ rounds to an integer, and leaves it in the low bits.
        let shift = Lanes(repeating: 12_582_912)
        let shifted = x * 1.442_695_04 + shift
        let n = shifted - shift
        // ln 2 in two parts, the first so short that its product with n is exact.
        let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4
        var p = Lanes(repeating: coefficient6)
        p = p * r + coefficient5
        p = p * r + coefficient4
        p = p * r + coefficient3
        p = p * r + coefficient2
        p = p * r * r + r + 1
        // 2ⁿ by its bits. Times it, not added to the bits of p: a NaN in p must survive.
        let bits = unsafe unsafeBitCast(shifted, to: SIMD8<UInt32>.self)
        let power = unsafe unsafeBitCast((bits &+ 127) &<< 23, to: Lanes.self)
        return p * power
    }

    // Minimax in relative error on ±ln 2 / 2, fitted for this file: 3e-9 before rounding.
    private static var coefficient2: Float { 0.499_999_934 }
    private static var coefficient3: Float { 0.166_665_206 }
    private static var coefficient4: Float { 0.041_668_388_1 }
    private static var coefficient5: Float { 0.008_368_716_97 }
    private static var coefficient6: Float { 0.001_381_459_86 }
}

/// An error function in vector operations, for the gelu of Whisper's perceptrons: 55 million of them for each
/// utterance.
enum FastErrorFunction {
    /// The error function, within 4e-7. Not a number stays that.
    @inline(__always)
    static func erf(_ x: Lanes) -> Lanes {
        let u = x * x
        var p = Lanes(repeating: 2.050_364_97e-6)
        p = p * u + 2.874_565_8e-4
        p = p * u + 0.003_836_900_41
        p = p * u + 0.052_966_985_2
        p = p * u + 0.191_941_739
        p = p * u + 1.128_379_03
        var q = Lanes(repeating: 3.823_047_68e-5)
        q = q * u + 0.001_181_738_14
        q = q * u + 0.015_109_252_4
        q = q * u + 0.114_758_477
        q = q * u + 0.503_435_715
        q = q * u + 1
        // Minimax in absolute error on ±3.9, fitted for this file: 1.5e-8 before rounding. All coefficients are
        // positive, so that nothing cancels.
        let y = x * p / q
        // Beyond, it is one to the last bit of a float. A comparison with NaN is false, so that it is not replaced.
        return y.replacing(with: 1, where: x .> 3.9).replacing(with: -1, where: x .< -3.9)
    }
}

/// Eight floats: two registers of the baseline instruction sets.
typealias Lanes = SIMD8<Float>

extension SIMD8<Float> {
    /// Eight floats from anywhere.
    @unsafe @inline(__always)
    init(loading address: UnsafePointer<Float>) {
        self = unsafe UnsafeRawPointer(address).loadUnaligned(as: Self.self)
    }

    /// Eight floats to anywhere.
    @unsafe @inline(__always)
    func store(to address: UnsafeMutablePointer<Float>) {
        unsafe UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
    }
}

/// A sine in a dozen vector operations, for the codec's Snake, which takes millions of them for each second of audio.
enum FastSine {
    /// Beyond this angle the reduction would lose digits.
    static var largestAngle: Float { 8192 }

    /// `±sin x`, within 2e-7; `nil` when an angle is larger than ``largestAngle`` or not a number.
    ///
    /// The angle is reduced to ±π/2 by the nearest multiple of π, which only turns the sign; a square does not care.
    @inline(__always)
    static func upToSign(_ x: Lanes) -> Lanes? {
        // A comparison with NaN is false, so those leave here as well.
        guard all(x .<= largestAngle .& x .>= -largestAngle) else { return nil }
        // Adding and subtracting 1.5 · 2²³ rounds to an integer without a call.
        let shift: Float = 12_582_912
        let n = (x * 0.318_309_886 + shift) - shift
        // π in three parts, the first two so short that their products with n are exact.
        let r = ((x - n * 3.140_625) - n * 9.675_025_939_941_406e-4) - n * 1.509_957_990_978_376e-7
        let u = r * r
        var p = Lanes(repeating: sineCoefficient9)
        p = p * u + sineCoefficient7
        p = p * u + sineCoefficient5
        p = p * u + sineCoefficient3
        return r + r * u * p
    }

    // Minimax in absolute error on ±π/2, fitted for this file.
    private static var sineCoefficient3: Float { -0.166_666_57 }
    private static var sineCoefficient5: Float { 0.008_333_017 }
    private static var sineCoefficient7: Float { -1.980_660_6e-4 }
    private static var sineCoefficient9: Float { 2.600_034_6e-6 }
}
