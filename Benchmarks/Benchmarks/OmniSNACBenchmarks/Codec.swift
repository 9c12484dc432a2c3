import Benchmark
import BenchmarkModel
import Foundation
import OmniCore
import OmniSNAC
import OmniTensor

/// From codes to sound, as it is streamed, and back.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], warmupIterations: 1, maxDuration: .seconds(10), maxIterations: 100)

    // The codec keeps its floats: narrower weights would be heard.
    for engine in BenchmarkEngine.all where engine.precision == .float32 {
        for noise in [NoiseSource.none, .seeded(0)] {
            let kind = noise == .none ? "no noise" : "seeded noise"
            Benchmark("stream 12 frames (1.02 s), \(kind) · \(engine.name)") { benchmark in
                let codec = try codec(engine)
                let frames = (0..<12).map { frame in
                    CodeFrame((0..<7).map { Int32((frame * 7 + $0) * 31 % codec.configuration.codebookSize) })
                }
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    var stream = codec.makeStream(noise: noise)
                    for frame in frames { blackHole(try stream.push(frame)) }
                    blackHole(stream.finish())
                }
            }
        }
        Benchmark("encode 1 s · \(engine.name)") { benchmark in
            let codec = try codec(engine)
            let audio = AudioChunk(BenchmarkModel.noise(codec.outputSampleRate), sampleRate: codec.outputSampleRate)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try codec.encode(audio)) }
        }
    }
}

private func codec(_ engine: BenchmarkEngine) throws -> SNAC {
    try SNAC.load(from: BenchmarkModel.directory.appending(path: "snac"), engine: engine.engine)
}
