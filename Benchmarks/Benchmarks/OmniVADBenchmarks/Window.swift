import Benchmark
import BenchmarkModel
import Foundation
import OmniTensor
import OmniVAD

/// One window of sound.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 100, maxDuration: .seconds(3), maxIterations: 20_000)

    for windowSampleCount in [512, 1024, 1536] {
        Benchmark("v4, \(windowSampleCount) samples · blas") { benchmark in
            let vad = try SileroVAD.load(
                from: BenchmarkModel.voiceActivity, windowSampleCount: windowSampleCount, engine: BLASEngine())
            let window = BenchmarkModel.noise(windowSampleCount)
            var state = vad.makeState()
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                blackHole(vad.speechProbability(in: window.span, state: &state))
            }
        }
    }
}
