import Benchmark
import BenchmarkModel
import CAllocations
import Foundation
import OmniGPT
import OmniTensor

/// Reading a prompt, and single steps: of one sequence, of batch mode's two, and of several conversations at once.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .allocations], warmupIterations: 1, maxDuration: .seconds(5), maxIterations: 200)

    for engine in BenchmarkEngine.all {
        Benchmark("read 150 positions · \(engine.name)") { benchmark in
            let model = try load(engine)
            let workspace = model.makeWorkspace()
            let prompt = Array(repeating: position, count: 150)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations {
                model.forward([DecoderSegment(model.makeCache(), prompt, wantsText: true, wantsAudio: true)], workspace)
            }
        }

        Benchmark("step, after the text has ended · \(engine.name)") { benchmark in
            try step(benchmark, engine, [(text: false, audio: true)])
        }
        Benchmark("step, one row · \(engine.name)") { benchmark in
            try step(benchmark, engine, [(text: true, audio: true)])
        }
        Benchmark("step, two rows of batch mode · \(engine.name)") { benchmark in
            try step(benchmark, engine, [(text: false, audio: true), (text: true, audio: false)])
        }
        Benchmark("step, four conversations in batch mode · \(engine.name)") { benchmark in
            let rows = [(text: false, audio: true), (text: true, audio: false)]
            try step(benchmark, engine, (0..<4).flatMap { _ in rows })
        }
    }
}

private let position = PositionTokens(audio: 1, text: 1)

private func load(_ engine: BenchmarkEngine) throws -> OmniGPT {
    try OmniGPT.load(
        weights: BenchmarkModel.directory.appending(path: "lit_model.pth"),
        configuration: BenchmarkModel.directory.appending(path: "model_config.yaml"), engine: engine.engine,
        precision: engine.precision)
}

/// Steps at position 150 of every sequence, each asking for what `wants` says.
private func step(_ benchmark: Benchmark, _ engine: BenchmarkEngine, _ wants: [(text: Bool, audio: Bool)]) throws {
    let model = try load(engine)
    let workspace = model.makeWorkspace()
    let prompt = Array(repeating: position, count: 150)
    let caches = wants.map { _ in model.makeCache() }
    for cache in caches {
        model.forward([DecoderSegment(cache, prompt, wantsText: false, wantsAudio: false)], workspace)
    }
    let allocationCount = omni_allocation_count()
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
        let segments = zip(caches, wants).map { cache, wants in
            DecoderSegment(cache, [position], wantsText: wants.text, wantsAudio: wants.audio)
        }
        model.forward(segments, workspace)
        for cache in caches { cache.rewind(to: 150) }
    }
    benchmark.stopMeasurement()
    let count = Int(omni_allocation_count() - allocationCount) / benchmark.scaledIterations.count
    benchmark.measurement(.allocations, count)
}

extension BenchmarkMetric {
    /// Calls of malloc and its kin in a step, those for its list of segments among them.
    fileprivate static var allocations: BenchmarkMetric { .custom("allocations") }
}
