import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// Files that PyTorch itself wrote, see `Fixtures/torch_files/make.py`.
@Suite struct TorchFileTests {
    private struct Golden: Decodable {
        let shape: [Int]
        let values: [Float]
    }

    private static let weights: Set = [
        "a.weight", "a.bias", "b.weight", "b.transposed", "ids", "flags", "empty", "number",
    ]

    private func open(_ name: String) throws -> Checkpoint {
        try Checkpoint(contentsOf: Fixture.url("torch_files/\(name)"))
    }

    private func check(_ checkpoint: Checkpoint, prefix: String = "", also names: Set<String> = []) throws {
        let golden = try Fixture.json("torch_files/values.json", as: [String: Golden].self)
        for name in Self.weights.union(names) {
            let expected = try #require(golden[name])
            let tensor = try checkpoint.floats(prefix + name)
            #expect(tensor.shape.dimensions == expected.shape, "\(name)")
            #expect(tensor.scalars == expected.values, "\(name)")
        }
    }

    @Test(arguments: ["plain.pt", "legacy.pt"]) func weightsAreRead(_ name: String) throws {
        let checkpoint = try open(name)
        #expect(Set(checkpoint.entries.keys) == Self.weights)
        try check(checkpoint)
    }

    /// Paths, numbers of NumPy, dates, tensors of other kinds: what lies beside weights is passed over.
    @Test(arguments: ["foreign.pt", "foreign-4.pt", "foreign-legacy.pt"]) func foreignObjectsArePassedOver(
        _ name: String
    ) throws {
        let checkpoint = try open(name)
        try check(checkpoint)
        // The state of the generator is a tensor like any other.
        #expect(Set(checkpoint.entries.keys) == Self.weights.union(["generator"]))
        #expect(checkpoint.scalars["defaults.inner.x"] == .integer(1))
        let weights = WeightScope(checkpoint)
        for (key, kind) in [("path", "PurePosixPath"), ("scalar", "scalar"), ("sparse", "_rebuild_sparse_tensor")] {
            let error = try #require(throws: CheckpointError.self) { try weights.tensor(key, [1]) }
            #expect(error.code == .missingTensor && error.reason.contains(kind), "\(error)")
        }
    }

    @Test func repeatedElementsAreReadAndNotMissed() throws {
        let checkpoint = try open("expanded.pt")
        try check(checkpoint, also: ["expanded"])
        let weights = WeightScope(checkpoint)
        #expect(Set(weights.unreadNames) == Self.weights)
        #expect(try weights.tensor("expanded", [4, 3]).scalars.count == 12)
    }

    @Test func parametersAreTensors() throws { try check(open("parameter.pt"), also: ["p"]) }

    @Test func wrappedWeightsAreFound() throws {
        let checkpoint = try open("wrapped.pt")
        try check(checkpoint, prefix: "model.")
        let weights = WeightScope(checkpoint).unwrapped(having: "a")
        #expect(weights.path(of: "a.weight") == "model.a.weight")
        // What is beside the weights is not theirs.
        #expect(Set(weights.unreadNames) == Set(Self.weights.map { "model." + $0 }))
    }

    @Test(arguments: [("module.pt", "state_dict()"), ("script.pt", "torch.jit.load(")]) func otherFilesAreRefused(
        _ name: String, _ remedy: String
    ) throws {
        let error = try #require(throws: CheckpointError.self) { try open(name) }
        #expect(error.code == .unsupported)
        #expect(error.reason.contains(remedy), "\(error)")
    }

    /// Complex numbers in an old file are passed over, and what lies behind them is found.
    @Test(arguments: [("ComplexFloatStorage", 8), ("ComplexDoubleStorage", 16)])
    func complexNumbersInOldFilesArePassedOver(_ storage: String, _ byteCount: Int) throws {
        let value = RawPickle.dictionary(
            ("c", RawPickle.tensor(RawPickle.storage("0", storage, count: 1), [1], strides: [1])),
            ("x", RawPickle.tensor(RawPickle.storage("1", count: 1), [1], strides: [1])))
        let one: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
        var bytes: [UInt8] = [
            0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
        ]
        bytes += RawPickle.program(RawPickle.integer(1001))
        bytes += RawPickle.program(RawPickle.dictionary())
        bytes += RawPickle.program(value)
        bytes += RawPickle.program(RawPickle.tuple(RawPickle.text("0"), RawPickle.text("1")))
        bytes += one + [UInt8](repeating: 7, count: byteCount)
        bytes += one + [0, 0, 0x80, 0x3f]
        let opened = try checkpoint(bytes)
        #expect(Set(opened.entries.keys) == ["x"])
        #expect(try opened.floats("x").scalars == [1])
    }

    /// Every truncation of the old format, and every byte of it changed once.
    @Test func damagedOldFilesAreRefusedOrRead() throws {
        let whole = try Array(Fixture.data("torch_files/legacy.pt"))
        for count in 0..<whole.count {
            #expect(throws: CheckpointError.self, "\(count)") { try checkpoint(Array(whole.prefix(count))) }
        }
        var noise = Noise(seed: 8)
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= UInt8.random(in: 1...255, using: &noise)
            guard let opened = try? checkpoint(bytes) else { continue }
            for (name, info) in opened.entries {
                #expect(info.shape.elementCount <= bytes.count)
                _ = try opened.floats(name)
            }
        }
    }
}
