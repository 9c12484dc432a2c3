import Benchmark
import BenchmarkModel
import OmniTensor

/// Matrix products at the shapes of the released model, for every engine worth timing.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 2, maxDuration: .seconds(2), maxIterations: 1000)

    for shape in ProductShape.released {
        for engine in BenchmarkEngine.all {
            Benchmark("\(shape.name) · \(engine.name)") { benchmark in try shape.run(benchmark, on: engine) }
        }
    }
    for engine in BenchmarkEngine.all {
        for shape in AttentionShape.released where shape.precisions.contains(engine.precision) {
            Benchmark("\(shape.name) · \(engine.name)") { benchmark in shape.run(benchmark, on: engine) }
        }
    }
    for engine in BenchmarkEngine.all where engine.precision == .float32 {
        for loop in Loop.released {
            Benchmark("\(loop.name) · \(engine.name)") { benchmark in loop.run(benchmark, on: engine.engine) }
        }
    }
}

/// A product `y[rows, out] = x[rows, in] · Wᵀ` that the released model computes.
struct ProductShape: Sendable {
    let name: String
    let rowCount: Int
    let inputWidth: Int
    let outputWidth: Int

    static let released = [
        ProductShape(name: "step qkv", rowCount: 1, inputWidth: 896, outputWidth: 1152),
        ProductShape(name: "step mlp in", rowCount: 1, inputWidth: 896, outputWidth: 4864),
        ProductShape(name: "step mlp in, two rows", rowCount: 2, inputWidth: 896, outputWidth: 4864),
        ProductShape(name: "step mlp in, eight rows", rowCount: 8, inputWidth: 896, outputWidth: 4864),
        ProductShape(name: "step mlp out", rowCount: 1, inputWidth: 4864, outputWidth: 896),
        ProductShape(name: "step audio head", rowCount: 1, inputWidth: 896, outputWidth: 29_120),
        ProductShape(name: "step text head", rowCount: 1, inputWidth: 896, outputWidth: 152_000),
        ProductShape(name: "prefill mlp in", rowCount: 150, inputWidth: 896, outputWidth: 4864),
        ProductShape(name: "encoder mlp in", rowCount: 1500, inputWidth: 768, outputWidth: 3072),
        ProductShape(name: "encoder mlp out", rowCount: 1500, inputWidth: 3072, outputWidth: 768),
        ProductShape(name: "codec stretch", rowCount: 33, inputWidth: 1024, outputWidth: 2048),
    ]

    func run(_ benchmark: Benchmark, on timed: BenchmarkEngine) throws {
        let engine = timed.engine
        let weight = Tensor<Float>(repeating: 0.01, shape: [outputWidth, inputWidth])
        let matrix = try engine.pack(weight, bias: nil, precision: timed.precision)
        let x = Tensor<Float>(repeating: 0.5, shape: [rowCount, inputWidth])
        var y = Tensor<Float>(zeros: [rowCount, outputWidth])
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var span = y.mutableSpan
            engine.multiply(RowView(x.span, width: inputWidth), by: matrix, accumulating: false, into: &span)
        }
        benchmark.stopMeasurement()
        blackHole(y)
    }
}
