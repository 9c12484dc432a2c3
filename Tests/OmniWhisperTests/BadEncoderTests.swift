import OmniCore
import OmniTensor
import OmniTesting
import Testing

@testable import OmniWhisper

/// Checkpoints that are not what they say: a typed error, never a trap, never memory in proportion to the lie.
@Suite struct BadEncoderTests {
    private static let good = RandomWhisper.tensors(RandomWhisper.configuration)

    private static let noEncoder = CheckpointError(
        .unknownNetwork, file: "memory", reason: "there is no Whisper encoder among the tensors")

    private func load(
        _ tensors: [String: Tensor<Float>], _ configuration: WhisperEncoder.Configuration = RandomWhisper.configuration
    ) throws -> WhisperEncoder {
        try WhisperEncoder(
            WeightScope(InMemoryTensors(tensors)), configuration: configuration, engine: BLASEngine())
    }

    @Test func everyMissingTensorIsNamed() throws {
        for name in Self.good.keys where !name.hasSuffix("positional_embedding") {
            var tensors = Self.good
            tensors[name] = nil
            #expect {
                try load(tensors)
            } throws: { error in
                guard let error = error as? CheckpointError else { return false }
                // Without these two it is unknown how the checkpoint names things.
                let decides = name.hasSuffix("encoder.conv1.weight") || name.hasSuffix("ln_post.weight")
                return decides ? error == Self.noEncoder : error.code == .missingTensor && error.tensor == name
            }
        }
    }

    @Test func everyWrongShapeIsNamed() throws {
        var noise = Noise(seed: 31)
        for (name, tensor) in Self.good {
            let dimensions = tensor.shape.dimensions
            for shape in [[], [0], dimensions + [1], dimensions.map { $0 + 1 }, Array(dimensions.dropLast())] {
                guard shape != dimensions else { continue }
                var tensors = Self.good
                tensors[name] = noise.tensor(Shape(shape))
                #expect {
                    try load(tensors)
                } throws: { error in
                    let error = error as? CheckpointError
                    return error?.code == .shapeMismatch && error?.tensor == name
                }
            }
        }
    }

    @Test func tensorsOfNoUseAreNamed() throws {
        var tensors = Self.good
        tensors["model_state_dict.encoder.blocks.2.attn_ln.weight"] = Tensor(zeros: [16])
        #expect {
            try load(tensors)
        } throws: {
            ($0 as? CheckpointError)?.code == .unusedTensors
        }
    }

    @Test(arguments: [[:], ["encoder.conv1.weight": Tensor<Float>(zeros: [1, 1, 1])], ["x": Tensor(zeros: [])]])
    func somethingElseIsNoEncoder(tensors: [String: Tensor<Float>]) {
        #expect(throws: Self.noEncoder) { try load(tensors) }
        #expect(throws: Self.noEncoder) {
            try WhisperEncoder.Configuration(shapesOf: WeightScope(InMemoryTensors(tensors)))
        }
    }

    private static let lies = [Int.min, -1, 0, 1, 3, 5, 17, 1_000, 1_000_000_000, Int.max]
    private static let fields: [any WritableKeyPath<WhisperEncoder.Configuration, Int> & Sendable] = [
        \.melBinCount, \.contextLength, \.width, \.headCount, \.layerCount, \.mlpWidth,
    ]

    /// One dimension that lies, with and without stored positions to contradict it.
    @Test(arguments: 0..<6, lies) func dimensionsThatLieAreTypedErrors(field: Int, lie: Int) throws {
        for storesPositions in [true, false] {
            var tensors = Self.good
            if !storesPositions { tensors["model_state_dict.encoder.positional_embedding"] = nil }
            var configuration = RandomWhisper.configuration
            configuration[keyPath: Self.fields[field]] = lie
            do {
                let encoder = try load(tensors, configuration)
                // Some numbers are another model's truth: one head, or a context that nothing contradicts.
                #expect(
                    (Self.fields[field] == \.headCount && lie == 1)
                        || (Self.fields[field] == \.contextLength && !storesPositions && lie > 0),
                    "\(encoder.configuration)")
            } catch is ModelConfigurationError {
            } catch is CheckpointError {
            }
        }
    }

    /// Many at once: whatever comes, it is one of the two error types, or it computes.
    @Test func thousandsOfRandomDimensions() throws {
        var noise = Noise(seed: 77)
        for _ in 0..<3_000 {
            var tensors = Self.good
            if Bool.random(using: &noise) { tensors["model_state_dict.encoder.positional_embedding"] = nil }
            var configuration = RandomWhisper.configuration
            for _ in 0..<Int.random(in: 1...3, using: &noise) {
                let field = Self.fields[Int.random(in: 0..<6, using: &noise)]
                configuration[keyPath: field] = Int.random(in: -2...40, using: &noise)
            }
            do {
                _ = try load(tensors, configuration).encode(RandomWhisper.audio(100))
            } catch is ModelConfigurationError {
            } catch is CheckpointError {
            }
        }
    }

    @Test func weightsThatAreNotNumbersDoNotTrap() throws {
        for value in [Float.nan, .infinity, .greatestFiniteMagnitude] {
            for name in Self.good.keys.sorted().prefix(12) {
                var tensors = Self.good
                tensors[name] = Tensor(repeating: value, shape: Self.good[name]?.shape ?? [])
                guard value.isFinite else {
                    let error = try #require(throws: CheckpointError.self) { try load(tensors) }
                    #expect(error.code == .malformed && error.tensor == name, "\(error)")
                    continue
                }
                #expect(try load(tensors).encode(RandomWhisper.audio(1_000)).shape == [4, 16])
            }
        }
    }
}
