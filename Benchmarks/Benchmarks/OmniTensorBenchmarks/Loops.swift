import Benchmark
import BenchmarkModel
import OmniTensor

/// Work without a weight matrix, at the sizes of the released model.
struct Loop: Sendable {
    let name: String
    private let rowCount: Int
    private let width: Int
    private let body: @Sendable (any ComputeEngine, Operands, inout MutableSpan<Float>) -> Void

    /// Rows `[rowCount, width]`, the same with more rows behind them, and one number for each column.
    struct Operands {
        let x: [Float]
        let padded: [Float]
        let column: [Float]
    }

    /// Rows that seven taps nine apart see beyond those that come out.
    private static let contextCount = 54

    static let released = [
        Loop(name: "layer norm, encoder", rowCount: 1500, width: 768) { engine, operands, y in
            engine.normalizeLayer(
                operands.x.span, weight: operands.column.span, bias: operands.column.span, epsilon: 1e-5, into: &y)
        },
        Loop(name: "RMS norm, step", rowCount: 2, width: 896) { engine, operands, y in
            engine.normalizeRMS(operands.x.span, weight: operands.column.span, epsilon: 1e-6, into: &y)
        },
        Loop(name: "gelu, encoder", rowCount: 750, width: 3072) { engine, _, y in engine.activate(&y, .gelu) },
        Loop(name: "gate, step", rowCount: 2, width: 4864) { engine, operands, y in
            engine.gate(&y, with: operands.x.span, .silu)
        },
        Loop(name: "softmax, encoder", rowCount: 1500, width: 1500) { engine, _, y in engine.softmax(&y, width: 1500) },
        Loop(name: "add, encoder", rowCount: 1500, width: 768) { engine, operands, y in
            engine.add(operands.x.span, to: &y)
        },
        Loop(name: "snake, codec", rowCount: 2048, width: 64) { engine, operands, y in
            engine.snake(&y, alpha: operands.column.span, inverseAlpha: operands.column.span)
        },
        Loop(name: "depthwise convolution, codec", rowCount: 2048, width: 64) { engine, operands, y in
            engine.convolveDepthwise(
                operands.padded.span, weight: operands.x.span.extracting(first: 7 * 64), bias: operands.column.span,
                channelCount: 64, dilation: 9, into: &y)
        },
    ]

    func run(_ benchmark: Benchmark, on engine: any ComputeEngine) {
        let operands = Operands(
            x: BenchmarkModel.noise(rowCount * width),
            padded: BenchmarkModel.noise((rowCount + Self.contextCount) * width), column: BenchmarkModel.noise(width))
        var y = operands.x
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var span = y.mutableSpan
            body(engine, operands, &span)
        }
        benchmark.stopMeasurement()
        blackHole(y)
    }
}
