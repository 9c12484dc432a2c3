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

    for engine in BenchmarkEngine.all {
        Benchmark("load · \(engine.name)") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(try await load(engine)) }
        }
    }

    let modes = [ReplyMode.speechToSpeechBatch, .speechToSpeech, .transcription]
    for (mode, engine) in modes.flatMap({ mode in BenchmarkEngine.all.map { (mode, $0) } }) {
        Benchmark("\(mode.rawValue), at most 60 steps · \(engine.name)") { benchmark in
            let omni = try await load(engine)
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

private func load(_ engine: BenchmarkEngine) async throws -> MiniOmni {
    try await MiniOmni.load(
        from: BenchmarkModel.directory, engine: engine.engine,
        precision: PrecisionPlan(encoder: engine.precision, model: engine.precision))
}
