import Benchmark
import BenchmarkModel
import Foundation
import OmniCore
import OmniTokenizer

/// Opening a vocabulary, and a megabyte of text.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 1, maxDuration: .seconds(5), maxIterations: 100)

    Benchmark("load") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try TextTokenizer.load(from: BenchmarkModel.directory))
        }
    }

    Benchmark("encode 1 MB of English") { benchmark in
        let tokenizer = try TextTokenizer.load(from: BenchmarkModel.directory)
        let words = ["Speech", "goes", "in,", "speech", "comes", "out;", "it's", "1", "model", "that", "listens."]
        var text = ""
        while text.utf8.count < 1_000_000 { text += words[text.utf8.count * 7 % words.count] + " " }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(tokenizer.encode(text)) }
    }
}
