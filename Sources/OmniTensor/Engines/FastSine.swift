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
