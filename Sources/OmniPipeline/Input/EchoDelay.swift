/// Where the played audio is found in what was heard, and how loud.
struct EchoDelay {
    /// Samples from playing to hearing.
    var delay: Int
    /// Amplitude heard over amplitude played; below zero when it is upside down.
    var gain: Float
    /// How much alike they are, in `0...1`.
    var correlation: Float

    /// Samples that are looked at together at first.
    private static let step = 4

    /// Looks for the end of `far` in `near`: coarsely among all delays, then finely around the best.
    ///
    /// - Parameters:
    ///   - near: a block that was heard.
    ///   - far: what was played until the same instant, at least as long.
    static func find(_ near: [Float], in far: [Float], maximumDelay: Int) -> EchoDelay? {
        let (coarseNear, coarseFar) = (thinned(near), thinned(far))
        let coarse = best(
            coarseNear, in: coarseFar, among: 0..<min(maximumDelay / step + 1, coarseFar.count - coarseNear.count + 1))
        guard let coarse, coarse.correlation > 0.2 else { return nil }
        let center = coarse.delay * step
        let range = max(center - 2 * step, 0)..<min(center + 2 * step + 1, far.count - near.count + 1)
        return best(near, in: far, among: range)
    }

    /// The delay among some at which both are most alike; those that `far` does not reach back to are left out.
    static func best(_ near: [Float], in far: [Float], among delays: Range<Int>) -> EchoDelay? {
        guard far.count >= near.count else { return nil }
        let delays = delays.clamped(to: 0..<far.count - near.count + 1)
        let nearEnergy = near.reduce(0) { $0 + $1 * $1 }
        guard nearEnergy > 1e-9 else { return nil }
        var best: EchoDelay?
        let (near, far) = (near.span, far.span)
        for delay in delays {
            let start = far.count - near.count - delay
            var (product, energy) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
            var index = 0
            while index + 4 <= near.count {
                let a = SIMD4(near[index], near[index + 1], near[index + 2], near[index + 3])
                let place = start + index
                let b = SIMD4(far[place], far[place + 1], far[place + 2], far[place + 3])
                product += a * b
                energy += b * b
                index += 4
            }
            let (sum, farEnergy) = (product.sum(), energy.sum())
            guard farEnergy > 1e-9 else { continue }
            let correlation = abs(sum) / (nearEnergy * farEnergy).squareRoot()
            if correlation > best?.correlation ?? 0 {
                best = EchoDelay(delay: delay, gain: sum / farEnergy, correlation: correlation)
            }
        }
        return best
    }

    /// Every fourth sample, of means; counted from the end, where both signals end.
    private static func thinned(_ samples: [Float]) -> [Float] {
        let count = samples.count / step
        let start = samples.count - count * step
        return (0..<count).map { index in
            let place = start + index * step
            return (samples[place] + samples[place + 1] + samples[place + 2] + samples[place + 3]) / 4
        }
    }
}
