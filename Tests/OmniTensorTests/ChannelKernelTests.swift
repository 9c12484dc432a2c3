import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// The vector loops of every engine where they could leave the scalar definition: large angles, odd widths, no numbers.
@Suite struct ChannelKernelTests {
    private func snake(_ engine: any ComputeEngine, _ x: [Float], _ alpha: [Float]) -> [Float] {
        var rows = Tensor(x, shape: [x.count / alpha.count, alpha.count])
        var span = rows.mutableSpan
        let inverse = alpha.map { 1 / ($0 + 1e-9) }
        engine.snake(&span, alpha: alpha.span, inverseAlpha: inverse.span)
        return rows.scalars
    }

    /// With α = 1 the difference is that of sin².
    @Test(arguments: [3, 100, 8000, 9000, 1e6, 1e20] as [Float], VectorEngine.all)
    func sineIsRightAtAnyAngle(_ scale: Float, _ subject: VectorEngine) {
        var noise = Noise(seed: 1)
        let width = 16
        let x = noise.floats(64 * width, scale: scale)
        let alpha = [Float](repeating: 1, count: width)
        let (found, expected) = (snake(subject.engine, x, alpha), snake(ReferenceEngine(), x, alpha))
        for (index, angle) in x.enumerated() {
            let bound = max(1e-6, abs(angle).ulp)
            #expect(abs(found[index] - expected[index]) <= bound, "\(angle)")
        }
    }

    @Test(arguments: VectorEngine.all) func sineMeetsTheLibrarysOnAFineGrid(_ subject: VectorEngine) {
        let x = (0..<80_000).map { Float($0 - 40_000) * 1e-3 }
        let alpha = [Float](repeating: 1, count: 8)
        let (found, expected) = (snake(subject.engine, x, alpha), snake(ReferenceEngine(), x, alpha))
        // The sum is rounded to a multiple of the sample's ulp; compare where that is fine.
        let largest = zip(x, zip(found, expected)).filter { abs($0.0) < 4 }.map { abs($0.1.0 - $0.1.1) }.max()
        #expect(largest ?? 1 < 1e-6)
        #expect(Tolerance.largestDifference(found, expected) < 8e-6)
    }

    @Test(arguments: [1, 7, 8, 9, 15, 16, 33], VectorEngine.all)
    func noNumbersStayWhereTheyAre(_ width: Int, _ subject: VectorEngine) {
        let alpha = [Float](repeating: 0.5, count: width)
        for bad in [Float.nan, .infinity, -.infinity] {
            for place in 0..<width {
                var x = [Float](repeating: 0.25, count: 2 * width)
                x[place] = bad
                let (found, expected) = (snake(subject.engine, x, alpha), snake(ReferenceEngine(), x, alpha))
                for index in x.indices {
                    #expect(found[index].isNaN == expected[index].isNaN)
                    if !expected[index].isNaN { #expect(abs(found[index] - expected[index]) < 1e-6) }
                }
            }
        }
    }

    @Test(arguments: [1, 7, 8, 9, 16, 33], VectorEngine.all)
    func depthwise(_ channelCount: Int, _ subject: VectorEngine) {
        var noise = Noise(seed: 2)
        let frameCount = 11
        for dilation in [1, 3, 9] {
            let x = noise.tensor([frameCount + 6 * dilation, channelCount])
            let (weight, bias) = (noise.tensor([7, channelCount]), noise.tensor([channelCount]))
            for hasBias in [true, false] {
                let results = ([ReferenceEngine(), subject.engine] as [any ComputeEngine]).map { engine in
                    var y = Tensor<Float>(repeating: 5, shape: [frameCount, channelCount])
                    var span = y.mutableSpan
                    engine.convolveDepthwise(
                        x.span, weight: weight.span, bias: hasBias ? bias.span : nil, channelCount: channelCount,
                        dilation: dilation, into: &span)
                    return y
                }
                #expect(Tolerance.largestDifference(results[0], results[1]) < 1e-6)
            }
        }
    }
}
