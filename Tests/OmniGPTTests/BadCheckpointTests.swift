import Foundation
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// Weights that do not fit their configuration: the tensor is named, nothing traps.
@Suite struct BadCheckpointTests {
    private struct Variant {
        let configuration: OmniGPT.Configuration
        let tensors: [String: Tensor<Float>]

        init(_ name: String) throws {
            let folder = "tiny/gpt_variants/\(name)/"
            let checkpoint = try Checkpoint(contentsOf: Fixture.url(folder + "lit_model.pth"))
            configuration = try .load(from: Fixture.url(folder + "model_config.yaml"))
            var tensors: [String: Tensor<Float>] = [:]
            for name in checkpoint.entries.keys { tensors[name] = try checkpoint.floats(name) }
            self.tensors = tensors
        }

        func load(_ changed: [String: Tensor<Float>]) throws -> OmniGPT {
            try OmniGPT(
                WeightScope(InMemoryTensors(changed)), configuration: configuration, engine: ReferenceEngine())
        }

        /// Either name of tied weights is enough, and what is for pictures is not read.
        func isSpare(_ name: String) -> Bool {
            let isTable = name.hasSuffix("lm_head.weight") || name.hasSuffix("transformer.wte.weight")
            return configuration.tiesEmbeddings && isTable || name.hasPrefix("vision_adapter.")
        }

        /// Of two tied tables only the first is read.
        func isUnread(_ name: String) -> Bool { isSpare(name) && !name.hasSuffix("transformer.wte.weight") }
    }

    @Test(arguments: GoldenVariantTests.names)
    func everyMissingTensorIsNamed(name: String) throws {
        let variant = try Variant(name)
        _ = try variant.load(variant.tensors)
        for name in variant.tensors.keys {
            var tensors = variant.tensors
            tensors[name] = nil
            guard !variant.isSpare(name) else {
                _ = try variant.load(tensors)
                continue
            }
            #expect {
                try variant.load(tensors)
            } throws: { error in
                let error = error as? CheckpointError
                return error?.code == .missingTensor && error?.tensor == name
            }
        }
    }

    /// Tensors in memory, and one more that cannot be read.
    private struct ObstructedTensors: AnnotatedTensorSource {
        let tensors: InMemoryTensors
        let obstructedName: String

        var file: String { tensors.file }
        var entries: [String: TensorInfo] { tensors.entries }
        func floats(_ name: String) throws(CheckpointError) -> Tensor<Float> { try tensors.floats(name) }
        let unreadableTensors: Set<String> = []
        func isDispensable(_ name: String) -> Bool { false }
        func obstacle(to name: String) -> String? { name == obstructedName ? "it is in the way" : nil }
    }

    /// The other name of tied weights does not stand in for a table that is there but cannot be read.
    @Test func aTiedTableThatCannotBeReadIsNamed() throws {
        let variant = try Variant("tied")
        var tensors = variant.tensors
        if let table = tensors.removeValue(forKey: "transformer.wte.weight") { tensors["lm_head.weight"] = table }
        _ = try variant.load(tensors)
        let source = ObstructedTensors(
            tensors: InMemoryTensors(tensors), obstructedName: "transformer.wte.weight")
        #expect {
            try OmniGPT(WeightScope(source), configuration: variant.configuration, engine: ReferenceEngine())
        } throws: { error in
            let error = error as? CheckpointError
            return error?.code == .missingTensor && error?.tensor == "transformer.wte.weight"
                && error?.reason.contains("it is in the way") == true
        }
    }

    @Test(arguments: GoldenVariantTests.names)
    func everyWrongShapeIsNamed(name: String) throws {
        let variant = try Variant(name)
        for (name, tensor) in variant.tensors where !variant.isUnread(name) {
            let dimensions = tensor.shape.dimensions
            for shape in [[], [0], dimensions + [1], dimensions.map { $0 + 1 }, Array(dimensions.dropLast())] {
                var tensors = variant.tensors
                tensors[name] = Tensor(zeros: Shape(shape))
                #expect {
                    try variant.load(tensors)
                } throws: { error in
                    let error = error as? CheckpointError
                    return error?.code == .shapeMismatch && error?.tensor == name
                }
            }
        }
    }

    @Test func tensorsOfNoUseAreNamed() throws {
        let variant = try Variant("mqa")
        for name in ["transformer.h.2.norm_1.weight", "lm_head.bias", "lm_head.scale"] {
            var tensors = variant.tensors
            tensors[name] = Tensor(zeros: [16])
            #expect {
                try variant.load(tensors)
            } throws: { error in
                let error = error as? CheckpointError
                return error?.code == .unusedTensors && error?.tensor == name
            }
        }
    }

    @Test func weightsThatAreNoNumbersDoNotTrap() throws {
        let variant = try Variant("moe")
        for value in [Float.nan, .infinity, .greatestFiniteMagnitude] {
            for (name, tensor) in variant.tensors {
                var tensors = variant.tensors
                tensors[name] = Tensor(repeating: value, shape: tensor.shape)
                guard value.isFinite || variant.isUnread(name) else {
                    let error = try #require(throws: CheckpointError.self) { try variant.load(tensors) }
                    #expect(error.code == .malformed && error.tensor == name, "\(error)")
                    continue
                }
                let model = try variant.load(tensors)
                let positions = IndependentSequenceTests.positions(3, seed: 1, model.configuration.vocabulary)
                let logits = LogitReader(
                    model, [DecoderSegment(model.makeCache(), positions, wantsText: true, wantsAudio: true)])
                #expect(logits.text.shape == [1, 24])
            }
        }
    }
}
