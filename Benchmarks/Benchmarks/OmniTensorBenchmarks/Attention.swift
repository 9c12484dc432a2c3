import Benchmark
import BenchmarkModel
import OmniTensor

/// Attention as the released model has it.
struct AttentionShape: Sendable {
    let name: String
    let geometry: AttentionGeometry
    /// Precisions that differ in it.
    let precisions: [WeightPrecision]

    static let released = [
        AttentionShape(
            name: "encoder attention",
            geometry: .dense(queryCount: 1500, keyCount: 1500, headCount: 12, headWidth: 64),
            precisions: [.float32, .bfloat16]),
        AttentionShape(name: "prefill attention", geometry: decoder(queryCount: 150), precisions: [.float32]),
        AttentionShape(name: "step attention", geometry: decoder(queryCount: 1), precisions: [.float32]),
    ]

    /// Causal, two groups of keys for 14 heads, 150 positions in all.
    private static func decoder(queryCount: Int) -> AttentionGeometry {
        AttentionGeometry(
            queryCount: queryCount, keyCount: 150, headCount: 14, groupCount: 2, headWidth: 64, scale: 0.125,
            causalOffset: 150 - queryCount, queryTimeStride: 896, queryHeadStride: 64, keyTimeStride: 128,
            keyHeadStride: 64)
    }

    func run(_ benchmark: Benchmark, on timed: BenchmarkEngine) {
        var geometry = geometry
        geometry.precision = timed.precision
        let keyWidth = geometry.groupCount * geometry.headWidth
        let width = geometry.headCount * geometry.headWidth
        let queries = BenchmarkModel.noise(geometry.queryCount * width)
        let keys = BenchmarkModel.noise(geometry.keyCount * keyWidth)
        var y = [Float](repeating: 0, count: geometry.queryCount * width)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var span = y.mutableSpan
            timed.engine.attend(queries.span, keys: keys.span, values: keys.span, geometry, into: &span)
        }
        benchmark.stopMeasurement()
        blackHole(y)
    }
}
