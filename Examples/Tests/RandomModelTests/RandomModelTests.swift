import Foundation
import OmniPipeline
import OmniTensor
import RandomModel
import Testing

@Suite struct RandomModelTests {
    private func write(_ model: RandomModel, _ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "random-model-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try model.write(to: folder)
        try await body(folder)
    }

    @Test func loadsAndAnswersUntilTheLimit() async throws {
        try await write(RandomModel(dimensions: .tiny)) { folder in
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == RandomModel.names.sorted())
            let omni = try await MiniOmni.load(from: folder)
            let question = AudioChunk([Float](repeating: 0.01, count: 8000), sampleRate: 16_000)
            let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 20))
            let reply = try await omni.makeSession().answer(to: question, options: options)
            #expect(reply.metrics.ending == .reachedLimit)
            #expect(reply.audio?.samples.count == 13 * 2048)
            #expect(reply.audio?.samples.allSatisfy { $0.isFinite } == true)
        }
    }

    @Test func equalSeedsGiveEqualFiles() async throws {
        let files = ["lit_model.pth", "small.pt", "snac/pytorch_model.bin", "tokenizer.json", "model_config.yaml"]
        try await write(RandomModel(dimensions: .tiny, seed: 3)) { first in
            try await write(RandomModel(dimensions: .tiny, seed: 3)) { second in
                try await write(RandomModel(dimensions: .tiny, seed: 4)) { other in
                    for file in files {
                        let bytes = try [first, second, other].map { try Data(contentsOf: $0.appending(path: file)) }
                        #expect(bytes[0] == bytes[1], "\(file)")
                        if file.hasSuffix("pth") || file.hasSuffix("pt") { #expect(bytes[0] != bytes[2]) }
                    }
                }
            }
        }
    }

    @Test func tiedWeightsAreStoredOnce() async throws {
        try await write(RandomModel(dimensions: .tiny)) { folder in
            let file = folder.appending(path: "lit_model.pth")
            let checkpoint = try Checkpoint(contentsOf: file)
            let parameterCount = checkpoint.entries.values.reduce(0) { $0 + $1.shape.elementCount }
            let tableCount = try #require(checkpoint.entries["lm_head.weight"]).shape.elementCount
            let byteCount = try Data(contentsOf: file, options: .mappedIfSafe).count
            #expect(byteCount < 4 * (parameterCount - tableCount) + 100_000)
            #expect(try checkpoint.floats("lm_head.weight") == checkpoint.floats("transformer.wte.weight"))
        }
    }
}
