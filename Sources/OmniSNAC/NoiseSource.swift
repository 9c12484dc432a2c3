import OmniNN
import OmniTensor

/// Where the noise comes from that the decoder's blocks mix in. The reference draws it anew at every call, so that its
/// output is never twice the same; here it is an argument.
public enum NoiseSource: Sendable, Hashable {
    /// Silence: the noise blocks do nothing.
    case none
    /// Gaussian noise that depends on the seed, the block and the index of the sample in that block's time alone: the
    /// same however the frames are chopped.
    case seeded(UInt64)
    /// One array for each block of the decoder, indexed by the sample in that block's time.
    case recorded([[Float]])

    /// Writes the noise of samples `start ..< start + count` of a block.
    func fill(_ target: inout MutableSpan<Float>, block: Int, start: Int) {
        switch self {
        case .none:
            for i in 0..<target.count { target[i] = 0 }
        case .seeded(let seed):
            let key = Self.mix(seed &+ Self.mix(UInt64(block) &+ 1))
            for i in 0..<target.count { target[i] = Self.gaussian(key, UInt64(start + i)) }
        case .recorded(let blocks):
            for i in 0..<target.count { target[i] = blocks[block][start + i] }
        }
    }

    /// Makes sure that recorded noise reaches as far as `sampleCounts`, one count for each block.
    func require(_ sampleCounts: [Int]) throws(SNACError) {
        guard case .recorded(let blocks) = self else { return }
        for (block, needed) in sampleCounts.enumerated() {
            let found = block < blocks.count ? blocks[block].count : 0
            guard found >= needed else { throw .recordedNoiseTooShort(block: block, needed: needed, found: found) }
        }
    }

    /// One draw from the standard normal distribution, by the cosine half of Box and Muller's method.
    private static func gaussian(_ key: UInt64, _ index: UInt64) -> Float {
        let bits = mix(key ^ mix(index &+ 0x9E37_79B9_7F4A_7C15))
        // 1 ... 2²⁴ over 2²⁴: never 0, so that the logarithm is finite.
        let radius = Float((bits >> 40) + 1) * 0x1p-24
        let angle = Float((bits >> 8) & 0xFF_FFFF) * 0x1p-24
        return (-2 * ScalarMath.log(radius)).squareRoot() * ScalarMath.cos(2 * .pi * angle)
    }

    /// The finaliser of splitmix64: every bit of the argument moves every bit of the result.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// `x + noise · linear(x)`, one number of noise for all channels of a row.
struct NoiseMix: Sendable {
    private let linear: Linear
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, channelCount: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        linear = try weights.scope("linear").pointwiseConvolution(
            in: channelCount, out: channelCount, bias: false, engine: engine, precision: precision)
        self.engine = engine
    }

    /// `x` in place; `y` and `amplitudes` are scratch. The first row of `x` is sample `start` of the block's time.
    func callAsFunction(
        _ x: inout RowBuffer, _ y: inout RowBuffer, _ amplitudes: inout RowBuffer, noise: NoiseSource, block: Int,
        start: Int
    ) {
        if case .none = noise { return }
        linear(x, into: &y)
        amplitudes.reshape(rowCount: x.rowCount, width: 1)
        var values = amplitudes.mutableSpan
        noise.fill(&values, block: block, start: start)
        var rows = x.mutableSpan
        engine.add(y.span, scalingRowsBy: values.span, to: &rows)
    }
}
