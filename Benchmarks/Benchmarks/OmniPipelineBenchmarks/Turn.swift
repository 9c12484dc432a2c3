import Benchmark
import BenchmarkModel
import Foundation
import OmniCore
import OmniPipeline
import OmniTensor

/// A whole turn, as a user sees it.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(20), maxIterations: 20)

    Benchmark("load · blas") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try await MiniOmni.load(from: BenchmarkModel.directory, engine: BLASEngine()))
        }
    }

    for mode in [ReplyMode.speechToSpeechBatch, .speechToSpeech, .transcription] {
        Benchmark("\(mode.rawValue), at most 60 steps · blas") { benchmark in
            let omni = try await MiniOmni.load(from: BenchmarkModel.directory, engine: BLASEngine())
            let question = try AudioChunk(contentsOfWAV: BenchmarkModel.question)
            let session = omni.makeSession()
            let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 60))
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                blackHole(try await session.answer(to: question, mode: mode, options: options))
            }
        }
    }
}
