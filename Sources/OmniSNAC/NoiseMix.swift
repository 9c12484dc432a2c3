import OmniNN
import OmniTensor

/// `x + noise · linear(x)`, one number of noise for all channels of a row.
struct NoiseMix: Sendable {
    private let linear: Linear

    init(
        _ weights: WeightScope, channelCount: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        linear = try weights.scope("linear").pointwiseConvolution(
            in: channelCount, out: channelCount, bias: false, engine: engine, precision: precision)
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
        let (width, rowCount) = (x.width, x.rowCount)
        let added = y.span
        var rows = x.mutableSpan
        for row in 0..<rowCount {
            let amplitude = values[row]
            for i in row * width..<(row + 1) * width {
                // Bounded by the two shapes, which `linear` has made equal.
                unsafe rows[unchecked: i] += amplitude * added[unchecked: i]
            }
        }
    }
}
