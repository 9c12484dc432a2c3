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
