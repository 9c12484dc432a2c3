import OmniTensor

/// The power spectra of two frames at once, one in each lane.
///
/// `n` real numbers are taken as `n / 2` complex ones, transformed by Stockham's self-sorting scheme with radices 4, 2
/// and 5, and untangled. The lanes never mix, so a frame's spectrum does not depend on its neighbour. Everything is in
/// double precision: the quietest bin that Whisper looks at lies 80 dB below the loudest, where a transform in single
/// precision leaves three digits.
struct RealFourierTransform: Sendable {
    typealias Lanes = SIMD2<Double>

    /// A complex number for each lane.
    struct Complex: Sendable {
        var real: Lanes
        var imaginary: Lanes

        static var zero: Complex { Complex(real: .zero, imaginary: .zero) }
    }

    /// Real numbers that go in.
    let length: Int
    private let passes: [Pass]
    /// `e^(−2πi k / n)` for the untangling.
    private let untangling: [Twiddle]

    fileprivate struct Twiddle {
        var cosine: Double
        var sine: Double

        /// `e^(−2πi · index / count)`.
        init(_ index: Int, of count: Int) {
            let angle = -2 * Double.pi * Double(index % count) / Double(count)
            cosine = ScalarMath.cos(angle)
            sine = ScalarMath.sin(angle)
        }
    }

    private struct Pass {
        var radix: Int
        /// Butterflies that differ in their twiddles, and neighbours that share them.
        var groupCount: Int, stride: Int
        /// `radix − 1` for each group.
        var twiddles: [Twiddle]
    }

    /// - Precondition: `length` is even and half of it has no prime factors but 2 and 5.
    init(length: Int) {
        precondition(length > 0 && length % 2 == 0, "a real transform of \(length)")
        self.length = length
        var passes: [Pass] = []
        var (rest, stride) = (length / 2, 1)
        while rest > 1 {
            guard let radix = [4, 2, 5].first(where: { rest % $0 == 0 }) else {
                preconditionFailure("a transform of \(length), which has a prime factor besides 2 and 5")
            }
            let groupCount = rest / radix
            let twiddles = (0..<groupCount).flatMap { group in
                (1..<radix).map { Twiddle(group * $0, of: rest) }
            }
            passes.append(Pass(radix: radix, groupCount: groupCount, stride: stride, twiddles: twiddles))
            rest = groupCount
            stride *= radix
        }
        self.passes = passes
        untangling = (0...length / 2).map { Twiddle($0, of: length) }
    }

    /// Complex numbers that a call needs for its work.
    var workCount: Int { length }
    /// Frequencies that come out.
    var frequencyCount: Int { length / 2 + 1 }

    /// - Parameters:
    ///   - work: ``workCount`` elements; the first half holds the frame, samples `2i` and `2i + 1` as real and
    ///     imaginary part of element `i`. Left in disorder.
    ///   - power: squared magnitudes, ``frequencyCount`` elements.
    func callAsFunction(_ work: inout MutableSpan<Complex>, power: inout MutableSpan<Lanes>) {
        let half = length / 2
        precondition(work.count == workCount && power.count == frequencyCount, "\(work.count) into \(power.count)")
        unsafe work.withUnsafeMutableBufferPointer { work in
            guard var source = work.baseAddress else { return }
            var target = unsafe source + half
            for pass in passes {
                unsafe Self.run(pass, source, target)
                unsafe swap(&source, &target)
            }
            for k in 0...half {
                let (a, b) = unsafe (source[k == half ? 0 : k], source[k == 0 ? 0 : half - k])
                let twiddle = untangling[k]
                // a and the conjugate of b: their mean belongs to the even samples, half their difference over i to the
                // odd.
                let even = Complex(real: (a.real + b.real) * 0.5, imaginary: (a.imaginary - b.imaginary) * 0.5)
                let odd = Complex(real: (a.imaginary + b.imaginary) * 0.5, imaginary: (b.real - a.real) * 0.5)
                let real = even.real + odd.real * twiddle.cosine - odd.imaginary * twiddle.sine
                let imaginary = even.imaginary + odd.real * twiddle.sine + odd.imaginary * twiddle.cosine
                unsafe power[unchecked: k] = real * real + imaginary * imaginary
            }
        }
    }

    @unsafe
    private static func run(
        _ pass: Pass, _ x: UnsafeMutablePointer<Complex>, _ y: UnsafeMutablePointer<Complex>
    ) {
        let (radix, stride) = (pass.radix, pass.stride)
        let reach = pass.groupCount * stride
        unsafe pass.twiddles.withUnsafeBufferPointer { twiddles in
            for group in 0..<pass.groupCount {
                let factors = unsafe UnsafeBufferPointer(
                    rebasing: twiddles[group * (radix - 1)..<(group + 1) * (radix - 1)])
                for q in 0..<stride {
                    let source = unsafe x + q + group * stride
                    let target = unsafe y + q + group * radix * stride
                    switch radix {
                    case 2: unsafe butterfly2(source, reach, factors, target, stride)
                    case 4: unsafe butterfly4(source, reach, factors, target, stride)
                    default: unsafe butterfly5(source, reach, factors, target, stride)
                    }
                }
            }
        }
    }

    @unsafe @inline(__always)
    private static func butterfly2(
        _ x: UnsafePointer<Complex>, _ reach: Int, _ factors: UnsafeBufferPointer<Twiddle>,
        _ y: UnsafeMutablePointer<Complex>, _ stride: Int
    ) {
        let (a, b) = unsafe (x[0], x[reach])
        unsafe y[0] = a + b
        unsafe y[stride] = (a - b) * factors[0]
    }

    @unsafe @inline(__always)
    private static func butterfly4(
        _ x: UnsafePointer<Complex>, _ reach: Int, _ factors: UnsafeBufferPointer<Twiddle>,
        _ y: UnsafeMutablePointer<Complex>, _ stride: Int
    ) {
        let (a, b, c, d) = unsafe (x[0], x[reach], x[2 * reach], x[3 * reach])
        let (sum, difference) = (a + c, a - c)
        let (otherSum, turned) = (b + d, (b - d).timesMinusI)
        unsafe y[0] = sum + otherSum
        unsafe y[stride] = (difference + turned) * factors[0]
        unsafe y[2 * stride] = (sum - otherSum) * factors[1]
        unsafe y[3 * stride] = (difference - turned) * factors[2]
    }

    @unsafe @inline(__always)
    private static func butterfly5(
        _ x: UnsafePointer<Complex>, _ reach: Int, _ factors: UnsafeBufferPointer<Twiddle>,
        _ y: UnsafeMutablePointer<Complex>, _ stride: Int
    ) {
        let cosine72 = 0.309_016_994_374_947_424_1
        let cosine144 = -0.809_016_994_374_947_424_1
        let sine72 = 0.951_056_516_295_153_572_1
        let sine144 = 0.587_785_252_292_473_129_2
        let (a, b, c, d, e) = unsafe (x[0], x[reach], x[2 * reach], x[3 * reach], x[4 * reach])
        let (outer, inner) = (b + e, c + d)
        let (outerGap, innerGap) = (b - e, c - d)
        let near = a + outer.scaled(by: cosine72) + inner.scaled(by: cosine144)
        let far = a + outer.scaled(by: cosine144) + inner.scaled(by: cosine72)
        let nearTurn = (outerGap.scaled(by: sine72) + innerGap.scaled(by: sine144)).timesMinusI
        let farTurn = (outerGap.scaled(by: sine144) - innerGap.scaled(by: sine72)).timesMinusI
        unsafe y[0] = a + outer + inner
        unsafe y[stride] = (near + nearTurn) * factors[0]
        unsafe y[2 * stride] = (far + farTurn) * factors[1]
        unsafe y[3 * stride] = (far - farTurn) * factors[2]
        unsafe y[4 * stride] = (near - nearTurn) * factors[3]
    }
}

extension RealFourierTransform.Complex {
    @inline(__always)
    fileprivate static func + (a: Self, b: Self) -> Self {
        Self(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
    }

    @inline(__always)
    fileprivate static func - (a: Self, b: Self) -> Self {
        Self(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
    }

    @inline(__always)
    fileprivate static func * (a: Self, factor: RealFourierTransform.Twiddle) -> Self {
        Self(
            real: a.real * factor.cosine - a.imaginary * factor.sine,
            imaginary: a.real * factor.sine + a.imaginary * factor.cosine)
    }

    @inline(__always)
    fileprivate func scaled(by factor: Double) -> Self {
        Self(real: real * factor, imaginary: imaginary * factor)
    }

    @inline(__always)
    fileprivate var timesMinusI: Self { Self(real: imaginary, imaginary: -real) }
}
