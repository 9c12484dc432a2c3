import OmniNN
import OmniTensor
import OmniTesting
import Testing

private let engines: [any ComputeEngine] = [ReferenceEngine(), BLASEngine()]

/// Streamed convolutions against their definitions, whole and chopped.
@Suite struct StreamedConvolutionTests {
    /// Runs a layer over rows chopped at random.
    private func run(
        _ layer: StreamedConvolution, _ x: Tensor<Float>, seed: UInt64?
    ) -> [Float] {
        var random = Noise(seed: seed ?? 0)
        var state = layer.makeState()
        var (rows, window, done) = (RowBuffer(width: x.shape[1]), RowBuffer(width: 1), RowBuffer(width: 1))
        var result: [Float] = []
        var start = 0
        while start < x.shape[0] {
            let end = seed == nil ? x.shape[0] : min(start + Int.random(in: 1...4, using: &random), x.shape[0])
            rows.reshape(rowCount: 0, width: x.shape[1])
            rows.append(x.rows(start..<end).span)
            layer.advance(rows, &state, window: &window, into: &done, isLast: false)
            result += Self.scalars(done)
            start = end
        }
        rows.reshape(rowCount: 0, width: x.shape[1])
        layer.advance(rows, &state, window: &window, into: &done, isLast: true)
        return result + Self.scalars(done)
    }

    private static func scalars(_ rows: RowBuffer) -> [Float] {
        let span = rows.span
        return span.indices.map { span[$0] }
    }

    private func check(_ layer: StreamedConvolution, _ x: Tensor<Float>, _ expected: [Float]) {
        for seed in [nil, 1, 2, 3] as [UInt64?] {
            #expect(Tolerance.largestDifference(run(layer, x, seed: seed), expected) < 1e-5)
        }
    }

    @Test(arguments: [(7, 1, 1, 3), (7, 3, 1, 9), (4, 1, 2, 1), (6, 1, 3, 2), (16, 1, 8, 4)])
    func dense(_ test: (width: Int, dilation: Int, stride: Int, padding: Int)) throws {
        var noise = Noise(seed: 1)
        let (input, output, count) = (3, 4, 24)
        let (x, weight) = (noise.tensor([count, input]), noise.tensor([output, input, test.width]))
        let bias = noise.tensor([output])
        let (xs, ws, bs) = (x.scalars, weight.scalars, bias.scalars)
        let outputCount = (count + 2 * test.padding - (test.width - 1) * test.dilation - 1) / test.stride + 1
        let expected = (0..<outputCount).flatMap { t in
            (0..<output).map { o in
                var sum = bs[o]
                for k in 0..<test.width {
                    let row = t * test.stride + k * test.dilation - test.padding
                    guard row >= 0 && row < count else { continue }
                    for i in 0..<input { sum += xs[row * input + i] * ws[(o * input + i) * test.width + k] }
                }
                return sum
            }
        }
        for engine in engines {
            let convolution = try Convolution1D(
                weight: weight, bias: bias, stride: test.stride, dilation: test.dilation, engine: engine,
                precision: .float32)
            check(StreamedConvolution(convolution, padding: test.padding), x, expected)
        }
    }

    @Test(arguments: [1, 3, 9], [1, 5, 40])
    func depthwise(_ dilation: Int, _ count: Int) {
        var noise = Noise(seed: 2)
        let channelCount = 19
        let (x, weight) = (noise.tensor([count, channelCount]), noise.tensor([channelCount, 1, 7]))
        let bias = noise.tensor([channelCount])
        let (xs, ws, bs) = (x.scalars, weight.scalars, bias.scalars)
        let expected = (0..<count).flatMap { t in
            (0..<channelCount).map { c in
                (0..<7).reduce(bs[c]) { sum, k in
                    let row = t + (k - 3) * dilation
                    return row >= 0 && row < count ? sum + xs[row * channelCount + c] * ws[c * 7 + k] : sum
                }
            }
        }
        for engine in engines {
            let layer = DepthwiseConvolution1D(weight: weight, bias: bias, dilation: dilation, engine: engine)
            check(StreamedConvolution(centred: layer), x, expected)
        }
    }

    @Test(arguments: [2, 3, 5, 8], [1, 2, 11])
    func transposed(_ stride: Int, _ count: Int) throws {
        var noise = Noise(seed: 3)
        let (input, output, padding) = (3, 2, (stride + 1) / 2)
        let (x, weight) = (noise.tensor([count, input]), noise.tensor([input, output, 2 * stride]))
        let bias = noise.tensor([output])
        let (xs, ws, bs) = (x.scalars, weight.scalars, bias.scalars)
        var expected = (0..<count * stride * output).map { bs[$0 % output] }
        for t in 0..<count {
            for k in 0..<2 * stride {
                let row = t * stride + k - padding
                guard row >= 0 && row < count * stride else { continue }
                for i in 0..<input {
                    for o in 0..<output {
                        expected[row * output + o] += xs[t * input + i] * ws[(i * output + o) * 2 * stride + k]
                    }
                }
            }
        }
        for engine in engines {
            let layer = try TransposedConvolution1D(weight: weight, bias: bias, engine: engine, precision: .float32)
            check(StreamedConvolution(layer, padding: padding), x, expected)
        }
    }
}
