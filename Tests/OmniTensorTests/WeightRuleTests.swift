import Foundation
import OmniTensor
import OmniTesting
import Testing

/// What may be a weight, and what may lie beside weights.
@Suite struct WeightRuleTests {
    /// Every type of elements that safetensors knows, with the bits of an element.
    private static let types = [
        "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U8": 8, "BOOL": 8,
        "U64": 64, "U32": 32, "U16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4, "C64": 64,
    ]

    /// Two tensors of eight zeros: one that a model reads, and one more.
    private func file(_ name: String, _ type: String, beside other: String = "body.weight") throws -> Checkpoint {
        let count = 8 * (Self.types[type] ?? 0) / 8
        let header =
            #"{"\#(other)":{"dtype":"F32","shape":[8],"data_offsets":[0,32]},"#
            + #""\#(name)":{"dtype":"\#(type)","shape":[8],"data_offsets":[32,\#(32 + count)]}}"#
        return try checkpoint(safetensors(header, [UInt8](repeating: 0, count: 32 + count)))
    }

    @Test(arguments: types.keys.sorted()) func weightsAreFloats(_ type: String) throws {
        let weights = try WeightScope(file("head.weight", type))
        if ["F64", "F32", "F16", "BF16"].contains(type) {
            #expect(try weights.tensor("head.weight", [8]) == Tensor(zeros: [8]))
        } else {
            let error = try #require(throws: CheckpointError.self) { try weights.tensor("head.weight", [8]) }
            #expect(error.tensor == "head.weight" && error.reason.contains(type), "\(error)")
            #expect(error.code == .scalarTypeMismatch || error.code == .missingTensor)
        }
    }

    /// One rule for all types of elements: a model's own names must be read, what lies beside them need not.
    @Test(arguments: types.keys.sorted()) func unusedTensorsAreJudgedByTheirNames(_ type: String) throws {
        let own = try WeightScope(file("body.extra", type))
        _ = try own.tensor("body.weight", [8])
        for scope in [own, own.scope("body")] {
            let error = try #require(throws: CheckpointError.self) { try scope.requireAllRead() }
            #expect(error.code == .unusedTensors && error.tensor == "body.extra", "\(error)")
        }
        #expect(throws: CheckpointError.self) { try own.requireAllRead(within: ["body"]) }
        let beside = try WeightScope(file("optimizer.state", type))
        _ = try beside.tensor("body.weight", [8])
        try beside.requireAllRead(within: ["body"])
        try beside.scope("body").requireAllRead()
    }

    @Test func aWeightThatIsNoNumberIsNamed() throws {
        for bits in [0x7c00, 0x7e00, 0xfc00] as [UInt16] {
            let header = #"{"a":{"dtype":"F16","shape":[70000],"data_offsets":[0,140000]}}"#
            var data = [UInt8](repeating: 0, count: 140_000)
            (data[139_998], data[139_999]) = (UInt8(bits & 0xff), UInt8(bits >> 8))
            let error = try #require(throws: CheckpointError.self) {
                try WeightScope(checkpoint(safetensors(header, data))).tensor("a", [70_000])
            }
            #expect(error.code == .malformed && error.reason.contains("element 69999"), "\(error)")
        }
        for bad in [Float.nan, .infinity, -.infinity] {
            let weights = WeightScope(InMemoryTensors(["b": Tensor([1, bad, 2], shape: [3])]))
            let error = try #require(throws: CheckpointError.self) { try weights.tensor("b", [3]) }
            #expect(error.code == .malformed && error.tensor == "b", "\(error)")
        }
        let large = WeightScope(InMemoryTensors(["c": Tensor(repeating: .greatestFiniteMagnitude, shape: [300, 300])]))
        #expect(try large.tensor("c", [300, 300]).shape == [300, 300])
    }

    /// Large matrices are looked at by the engine where it rounds them, and named here.
    @Test func aMatrixOfIntegersHasNoInfinity() throws {
        let scalars = [Float](repeating: 0, count: 300 * 320 - 1) + [.infinity]
        let tensor = Tensor(scalars, shape: [300, 320])
        let weights = WeightScope(InMemoryTensors(["h.weight": tensor])).scope("h")
        let wanted = WantedMatrix("weight", [300, 320], bias: false)
        let error = try #require(throws: CheckpointError.self) {
            try weights.matrix(wanted, engine: NativeEngine(), precision: .int8) { scope in
                (try scope.tensor("weight", wanted.shape), nil)
            }
        }
        #expect(error.code == .malformed && error.tensor == "h.weight", "\(error)")
    }

    // MARK: Wrappers

    @Test(arguments: [
        "", "model.", "state_dict.model.", "model.state_dict.", "module.", "_orig_mod.", "state_dict._orig_mod.module.",
        "model.module._orig_mod.", "_fsdp_wrapped_module.", "model.model.model.model.model.model.model.model.",
    ]) func wrappersAreTakenOff(_ wrapper: String) throws {
        let tensors = [wrapper + "body.weight": Tensor<Float>(zeros: [1]), "optimizer.body.weight": Tensor(zeros: [2])]
        let weights = WeightScope(InMemoryTensors(tensors))
        #expect(weights.wrapper(of: "body") == wrapper)
        #expect(weights.wrapper(of: "body.weight") == wrapper)
        #expect(weights.wrapper(of: "bod") == nil && weights.wrapper(of: "other") == nil)
        let unwrapped = weights.unwrapped(having: "body")
        #expect(try unwrapped.tensor("body.weight", [1]).shape == [1])
        try unwrapped.requireAllRead(within: ["body"])
    }

    @Test func ofSeveralWrappersTheFewestCount() {
        let names = ["model.state_dict.body.weight", "model.body.weight", "state_dict.module.body.weight"]
        let tensors = Dictionary(uniqueKeysWithValues: names.map { ($0, Tensor<Float>(zeros: [1])) })
        #expect(WeightScope(InMemoryTensors(tensors)).wrapper(of: "body") == "model.")
        let deep = String(repeating: "model.", count: 9) + "body.weight"
        #expect(WeightScope(InMemoryTensors([deep: Tensor(zeros: [1])])).wrapper(of: "body") == nil)
    }
}
