import Foundation

/// The low-pass filter of a resampler, cut into phases: a sinc under a Kaiser window.
///
/// Row `p` holds the taps for an output that lies `p / phaseCount` of a sample after an input. Where the ratio needs
/// few phases the table has each of them. Otherwise it has enough that a straight line between two rows is as good: the
/// table never exceeds ``maximumTapCount``, however awkward the ratio.
struct ResamplerFilter: Sendable {
    /// Zero crossings of the sinc on each side: with ``attenuation``, the band between pass and stop is 8 % wide.
    static let crossingCount = 80.0
    /// What the window keeps of the side lobes, in dB below the main one.
    static let attenuation = 100.0
    /// Taps that a table of all phases may have.
    static let maximumTapCount = 1 << 18

    /// Inputs to each side of an output.
    let halfWidth: Int
    /// Taps in a row: `2 · halfWidth`, filled up with zeros to a multiple of 8.
    let tapCount: Int
    /// Rows for one sample's time; the table has one more, for lines that end there.
    let phaseCount: Int
    /// Whether outputs fall between rows.
    let interpolates: Bool
    /// `[phaseCount + 1, tapCount]`.
    let taps: [Float]

    /// - Parameter up, down: the ratio of the rates, without common factors: `up / down` outputs for an input.
    init(up: Int, down: Int) {
        let scale = min(1, Double(up) / Double(down))
        let halfWidth = Int((Self.crossingCount / scale).rounded(.up))
        self.halfWidth = halfWidth
        tapCount = (2 * halfWidth + 7) / 8 * 8
        interpolates = (up + 1) * tapCount > Self.maximumTapCount
        // A line errs by (π · bandwidth / phases)² / 8: 106 dB below the signal.
        phaseCount = interpolates ? max(Int((512 * scale).rounded(.up)), 1) : up
        // The stop band starts at the lower of the two Nyquist frequencies; the pass band ends a transition below it.
        let transition = (Self.attenuation - 7.95) / (2.285 * 2 * Self.crossingCount * .pi)
        let cutoff = scale * (1 - transition / 2)
        let beta = 0.1102 * (Self.attenuation - 8.7)
        let windowScale = scale / Self.crossingCount
        let norm = Self.besselI0(beta)
        var taps = [Float](repeating: 0, count: (phaseCount + 1) * tapCount)
        for phase in 0...phaseCount {
            let shift = Double(phase) / Double(phaseCount)
            var row = (0..<2 * halfWidth).map { tap in
                let x = Double(tap - halfWidth + 1) - shift
                let place = x * windowScale
                guard abs(place) < 1 else { return 0.0 }
                return Self.sinc(cutoff * x) * Self.besselI0(beta * (1 - place * place).squareRoot()) / norm
            }
            // A constant comes out as itself, whatever the phase.
            let sum = row.reduce(0, +)
            for tap in row.indices { row[tap] /= sum }
            for tap in row.indices { taps[phase * tapCount + tap] = Float(row[tap]) }
        }
        self.taps = taps
    }

    /// `Σ taps[row] · input[start...]`, eight sums side by side; always added up in the same order.
    func dot(row: Int, _ input: Span<Float>, at start: Int) -> Float {
        let taps = taps.span
        let first = row * tapCount
        precondition(first + tapCount <= taps.count && start >= 0 && start + tapCount <= input.count)
        var sums = SIMD8<Float>.zero
        for i in stride(from: 0, to: tapCount, by: 8) {
            // All indices were checked above, once for the whole row.
            for lane in 0..<8 {
                unsafe sums[lane] += taps[unchecked: first + i + lane] * input[unchecked: start + i + lane]
            }
        }
        return sums.sum()
    }

    private static func sinc(_ x: Double) -> Double {
        x == 0 ? 1 : sin(.pi * x) / (.pi * x)
    }

    /// The modified Bessel function of order 0, by its power series.
    private static func besselI0(_ x: Double) -> Double {
        var (sum, term, k) = (1.0, 1.0, 1.0)
        while term > sum * 1e-17 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
