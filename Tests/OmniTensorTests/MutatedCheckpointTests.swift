import Foundation
import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// Thousands of damaged files: each opens, or throws a ``CheckpointError``. A trap would end the whole run.
@Suite struct MutatedCheckpointTests {
    /// Whether the bytes open. Every tensor of a file that opens can be read, every packed matrix multiplied by, and
    /// none is larger than the file.
    private func opens(_ bytes: [UInt8]) throws -> Bool {
        do {
            let opened = try checkpoint(bytes)
            for (name, info) in opened.entries {
                #expect(info.shape.elementCount <= bytes.count)
                _ = try opened.floats(name)
            }
            for name in opened.packedMatrices.keys {
                let matrix = try #require(try opened.matrix(name))
                #expect(matrix.bytes.shape.elementCount <= bytes.count)
                multiply(by: try NativeEngine.forTests.open(matrix))
            }
            return true
        } catch is CheckpointError {
            return false
        }
    }

    private func multiply(by matrix: any PackedMatrix) {
        let x = Tensor<Float>(repeating: 1, shape: [1, matrix.inputWidth])
        var y = Tensor<Float>(zeros: [matrix.outputWidth])
        var span = y.mutableSpan
        NativeEngine.forTests.multiply(
            RowView(x.span, width: matrix.inputWidth), by: matrix, accumulating: false, into: &span)
    }

    private static let numbers: [UInt64] = [
        0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 62, .max >> 1, 1 << 63, .max,
    ]

    private func mutated(_ bytes: [UInt8], _ noise: inout Noise) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &noise) {
            let place = Int.random(in: 0..<max(result.count, 1), using: &noise)
            switch Int.random(in: 0..<6, using: &noise) {
            case 0: result.removeLast(result.count - place)
            case 1 where place < result.count: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
            case 2 where place < result.count: result[place] = UInt8.random(in: 0...255, using: &noise)
            case 3:
                // A piece of the file somewhere else in it.
                let from = Int.random(in: 0..<max(result.count, 1), using: &noise)
                let piece = result[min(from, result.count)..<min(from + 40, result.count)]
                result.insert(contentsOf: piece, at: min(place, result.count))
            case 4: result.removeSubrange(min(place, result.count)..<min(place + 17, result.count))
            default:
                // A number where the file has another one.
                guard let number = Self.numbers.randomElement(using: &noise) else { continue }
                let width = [1, 2, 4, 8].randomElement(using: &noise) ?? 4
                for index in 0..<width where place + index < result.count {
                    result[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
                }
            }
        }
        return result
    }

    private static func safetensors() throws -> [UInt8] {
        var noise = Noise(seed: 3)
        let tensors = [
            "a.weight": WritableTensor(noise.tensor([4, 6])), "a.bias": WritableTensor(noise.tensor([4]), as: .float16),
            "ids": WritableTensor(exactly: Tensor([Int64(1), 2, 3], shape: [3])),
            "e": WritableTensor(noise.tensor([0])),
        ]
        return try withTemporaryFile { url in
            try SafetensorsWriter.write(tensors, metadata: ["format": "pt"], to: url)
            return try Array(Data(contentsOf: url))
        }
    }

    private static func packed() throws -> [UInt8] {
        var noise = Noise(seed: 6)
        let tensors = ["a.weight": noise.tensor([20, 40]), "a.bias": noise.tensor([20]), "b": noise.tensor([3])]
        let weights = WeightScope(InMemoryTensors(tensors))
        _ = try weights.tensor("b", [3])
        let wanted = WantedMatrix("weight", [20, 40], bias: true)
        _ = try weights.scope("a").matrix(wanted, engine: NativeEngine.forTests, precision: .int8) { scope in
            try (scope.tensor("weight", wanted.shape), scope.tensor("bias", [20]))
        }
        return try withTemporaryFile { url in
            try PackedCheckpointWriter.write(weights, precision: .int8, to: url)
            return try Array(Data(contentsOf: url))
        }
    }

    private static func archive(wideLimit: Int) throws -> [UInt8] {
        var noise = Noise(seed: 4)
        let state: CheckpointDictionary = [
            "a.weight": .tensor(WritableTensor(noise.tensor([4, 6]))),
            "a.bias": .tensor(WritableTensor(noise.tensor([4]), as: .bfloat16)),
            "tied": .tied(to: "state.a.weight"),
        ]
        let root: CheckpointDictionary = [
            "dims": .dictionary(["n": .scalar(.integer(1500)), "f": .scalar(.float(0.5))]), "state": .dictionary(state),
        ]
        return try withTemporaryFile { url in
            try PyTorchArchiveWriter.write(root, to: url, wideLimit: wideLimit)
            return try Array(Data(contentsOf: url))
        }
    }

    private static func file(_ kind: String) throws -> [UInt8] {
        switch kind {
        case "safetensors": try safetensors()
        case "packed": try packed()
        case "archive": try archive(wideLimit: Int(UInt32.max))
        case "wide archive": try archive(wideLimit: 0)
        default: try Array(Fixture.data("tiny/gpt_variants/stored_bf16/lit_model.pth"))
        }
    }

    @Test(arguments: [
        ("safetensors", 3000), ("packed", 3000), ("archive", 3000), ("wide archive", 1500), ("PyTorch's own", 500),
    ])
    func damagedFilesAreRefusedOrRead(_ kind: String, _ count: Int) throws {
        let whole = try Self.file(kind)
        #expect(try opens(whole))
        var noise = Noise(seed: UInt64(count))
        var refusedCount = 0
        for _ in 0..<count where !(try opens(mutated(whole, &noise))) { refusedCount += 1 }
        #expect(refusedCount > count / 4, "mutations must hit something")
    }

    /// Damage to the pickle alone, so that the archive around it always opens.
    @Test func damagedPicklesAreRefusedOrRead() throws {
        let state: CheckpointDictionary = [
            "a": .tensor(WritableTensor(Tensor(zeros: [2, 3]))), "n": .scalar(.integer(70_000)),
            "inner": .dictionary(CheckpointDictionary([("b", .tied(to: "a"))])),
        ]
        let pickle = PickleWriter(state).bytes
        var noise = Noise(seed: 5)
        var refusedCount = 0
        for _ in 0..<1000 {
            let damaged = mutated(pickle, &noise)
            let bytes = try withTemporaryFile { url in
                try PyTorchArchiveWriter.write(pickle: damaged, storages: [[UInt8](repeating: 1, count: 24)], to: url)
                return try Array(Data(contentsOf: url))
            }
            if !(try opens(bytes)) { refusedCount += 1 }
        }
        #expect(refusedCount > 300)
    }

    /// Every truncation of a small file.
    @Test(arguments: ["safetensors", "packed", "archive"]) func truncatedFilesAreRefused(_ kind: String) throws {
        let whole = try Self.file(kind)
        for count in 0..<whole.count { #expect(!(try opens(Array(whole.prefix(count)))), "\(count)") }
    }
}
