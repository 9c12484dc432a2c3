import Benchmark
import BenchmarkModel
import Foundation
import OmniCore
import OmniTensor
import OmniWhisper

/// From audio to features.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(10), maxIterations: 50)

    Benchmark("log-mel 30 s") { benchmark in
        let samples = BenchmarkModel.noise(480_000)
        let spectrogram = LogMelSpectrogram()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try spectrogram(samples.span)) }
    }

    for engine in BenchmarkEngine.all {
        Benchmark("encode a whole context · \(engine.name)") { benchmark in
            let encoder = try WhisperEncoder.load(
                from: BenchmarkModel.directory.appending(path: "small.pt"), engine: engine.engine,
                precision: engine.precision)
            let utterance = AudioChunk(
                BenchmarkModel.noise(encoder.maximumSampleCount), sampleRate: encoder.inputSampleRate)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try encoder.encode(utterance)) }
        }
    }
}
