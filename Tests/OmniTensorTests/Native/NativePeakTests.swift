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
        let durations = (0..<20).map { _ in
            clock.measure {
                var span = y.mutableSpan
                engine.multiply(RowView(x.span, width: inputWidth), by: matrix, accumulating: false, into: &span)
            }
        }
        let shortest = try #require(durations.min())
        let product = 2 * Double(rowCount * inputWidth * outputWidth) / (shortest / .seconds(1))
        // A peak that counts wrongly is off by a factor; one that is interrupted is slower as well, so the best counts.
        let peak = try (0..<5).map { _ in try engine.peakOperationsPerSecond(variant.precision) }.max()
        #expect(try #require(peak) > product * 0.8)
    }
}
