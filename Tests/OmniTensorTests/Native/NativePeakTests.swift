import OmniTensor
import OmniTesting
import Testing

/// The machine's peak, which figures are compared with.
@Suite struct NativePeakTests {
    /// A product does what the peak counts and more, so a slower peak counts wrongly.
    @Test(arguments: NativeVariant.all)
    func noProductIsFaster(_ variant: NativeVariant) throws {
        let engine = try NativeEngine(threads: 1, isa: variant.isa)
        var noise = Noise(seed: 51)
        let (rowCount, inputWidth, outputWidth) = (48, 512, 512)
        let matrix = try engine.pack(
            noise.tensor([outputWidth, inputWidth]), bias: nil, precision: variant.precision)
        let x = noise.tensor([rowCount, inputWidth])
        var y = Tensor<Float>(zeros: [rowCount, outputWidth])
        let clock = ContinuousClock()
        // In turn, because the clock of a core changes; the best of each, because both may be interrupted.
        var (shortest, peak) = (Duration.seconds(1), 0.0)
        for _ in 0..<5 {
            peak = max(peak, try engine.peakOperationsPerSecond(variant.precision))
            for _ in 0..<4 {
                let duration = clock.measure {
                    var span = y.mutableSpan
                    engine.multiply(RowView(x.span, width: inputWidth), by: matrix, accumulating: false, into: &span)
                }
                shortest = min(shortest, duration)
            }
        }
        let product = 2 * Double(rowCount * inputWidth * outputWidth) / (shortest / .seconds(1))
        #expect(peak > product * 0.95)
    }
}
