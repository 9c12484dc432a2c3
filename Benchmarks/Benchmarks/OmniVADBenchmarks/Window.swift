import Benchmark
import BenchmarkModel
import Foundation
import OmniTensor
import OmniVAD

/// One window of audio.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 100, maxDuration: .seconds(3), maxIterations: 20_000)

    let engines = BenchmarkEngine.all.filter { $0.precision == .float32 }
    for (engine, windowSampleCount) in engines.flatMap({ engine in [512, 1024, 1536].map { (engine, $0) } }) {
        Benchmark("v4, \(windowSampleCount) samples · \(engine.name)") { benchmark in
            let vad = try SileroVAD.load(
                from: BenchmarkModel.voiceActivity, windowSampleCount: windowSampleCount, engine: engine.engine)
            let window = BenchmarkModel.noise(windowSampleCount)
            var state = vad.makeState()
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                blackHole(vad.speechProbability(in: window.span, state: &state))
            }
        }
    }
}
