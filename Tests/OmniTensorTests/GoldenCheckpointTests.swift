import Foundation
import OmniTensor
import TestSupport
import Testing

/// Every tensor of the small model, against sums that PyTorch computed.
@Suite struct GoldenCheckpointTests {
    private struct Sums: Decodable {
        var shape: [Int]
        var dtype: String
        var sum, abs_sum, cos_dot: Double
        var first: [Double]
    }

    private static let scalarTypes: [String: ScalarType] = ["float32": .float32, "float16": .float16]

    @Test(arguments: [("lit_model.pth", ""), ("small.pt", "model_state_dict."), ("snac/pytorch_model.bin", "")])
    func holdsWhatPyTorchWrote(_ path: String, _ prefix: String) throws {
        let golden: [String: [String: Sums]] = try Fixture.json("tiny/checkpoint/tensor_checksums.json")
        let expected = try #require(golden[path])
        let checkpoint = try Checkpoint(contentsOf: Fixture.url("tiny/checkpoint/\(path)"))
        #expect(Set(checkpoint.entries.keys) == Set(expected.keys.map { prefix + $0 }))
        for (name, sums) in expected {
            let info = try #require(checkpoint.entries[prefix + name])
            #expect(info.shape.dimensions == sums.shape)
            #expect(info.scalarType == Self.scalarTypes[sums.dtype])
            let values = try checkpoint.floats(prefix + name).scalars.map { Double($0) }
            var (sum, absoluteSum, dot) = (0.0, 0.0, 0.0)
            for (index, value) in values.enumerated() {
                sum += value
                absoluteSum += abs(value)
                dot += value * cos(Double(index % 1000))
            }
            let tolerance = 1e-6 * max(1, sums.abs_sum)
            #expect(abs(sum - sums.sum) < tolerance, "\(name)")
            #expect(abs(absoluteSum - sums.abs_sum) < tolerance, "\(name)")
            #expect(abs(dot - sums.cos_dot) < tolerance, "\(name)")
            #expect(Array(values.prefix(sums.first.count)) == sums.first, "\(name)")
        }
    }

    @Test func collectsTheScalarsOfNestedDictionaries() throws {
        let scalars = try Checkpoint(contentsOf: Fixture.url("tiny/checkpoint/small.pt")).scalars
        #expect(scalars.count == 10)
        #expect(scalars["dims.n_mels"] == .integer(80))
        #expect(scalars["dims.n_audio_ctx"] == .integer(1500))
    }

    @Test(arguments: [("stored_bf16", ScalarType.bfloat16), ("stored_fp16", .float16)])
    func opensSixteenBitFloats(_ name: String, _ type: ScalarType) throws {
        let checkpoint = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_variants/\(name)/lit_model.pth"))
        let infos = checkpoint.entries.values
        #expect(infos.count > 10)
        #expect(infos.allSatisfy { $0.scalarType == type })
        for name in checkpoint.entries.keys {
            let largest = try checkpoint.floats(name).scalars.reduce(Float(0)) { max($0, abs($1)) }
            #expect(largest > 1e-3 && largest < 100, "\(name)")
        }
    }
}
