import OmniNN
import OmniTensor
import OmniTesting
import Testing

private let engines: [any ComputeEngine] = [ReferenceEngine(), BLASEngine()]

@Suite struct LayerTests {
    @Test(arguments: [(1, 1, 3), (2, 1, 3), (1, 3, 5), (3, 2, 4)])
    func convolutionEqualsItsDefinition(_ test: (stride: Int, dilation: Int, kernelWidth: Int)) throws {
        var noise = Noise(seed: 5)
        let (frameCount, inputCount, outputCount) = (23, 3, 4)
        let weight = noise.tensor([outputCount, inputCount, test.kernelWidth])
        let bias = noise.tensor([outputCount])
        let x = noise.tensor([frameCount, inputCount])
        for engine in engines {
            let layer = try Convolution1D(
                weight: weight, bias: bias, stride: test.stride, dilation: test.dilation, engine: engine,
                precision: .float32)
            let outputFrameCount = layer.outputFrameCount(for: frameCount)
            #expect(outputFrameCount == (frameCount - (test.kernelWidth - 1) * test.dilation - 1) / test.stride + 1)
            var y = Tensor<Float>(zeros: [outputFrameCount, outputCount])
            var span = y.mutableSpan
            layer(x.span, into: &span)
            let (xs, ws, bs) = (x.scalars, weight.scalars, bias.scalars)
            let expected = (0..<outputFrameCount).flatMap { t in
                (0..<outputCount).map { o in
                    var sum = bs[o]
                    for k in 0..<test.kernelWidth {
                        for i in 0..<inputCount {
                            sum +=
                                xs[(t * test.stride + k * test.dilation) * inputCount + i]
                                * ws[(o * inputCount + i) * test.kernelWidth + k]
                        }
                    }
                    return sum
                }
            }
            #expect(Tolerance.largestDifference(y.scalars, expected) < 1e-5)
        }
    }

    @Test func unitOffsetIsAddedOnce() throws {
        let weights = WeightScope(InMemoryTensors(["weight": Tensor([0, 1], shape: [2])]))
        let norm = try RMSNorm(weights, width: 2, epsilon: 0, addingUnitOffset: true, engine: ReferenceEngine())
        var y = Tensor<Float>(zeros: [1, 2])
        var span = y.mutableSpan
        norm([3, 3].span, into: &span)
        #expect(y.scalars == [1, 2])
    }

    @Test func linearAddsItsBias() throws {
        let source = InMemoryTensors(["weight": Tensor([2, 3], shape: [1, 2]), "bias": Tensor([10], shape: [1])])
        for engine in engines {
            let layer = try Linear(WeightScope(source), in: 2, out: 1, engine: engine, precision: .float32)
            #expect(layer(Tensor([1, 1, 2, 2], shape: [2, 2])).scalars == [15, 20])
        }
    }
}
