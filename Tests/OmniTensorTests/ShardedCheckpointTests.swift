import Foundation
import OmniTensor
import OmniTesting
import Testing

/// Checkpoints in several files, opened by the list of them.
@Suite struct ShardedCheckpointTests {
    private static let first = Tensor<Float>([1, 2, 3], shape: [3])
    private static let second = Tensor<Float>([4, 5], shape: [2])

    /// Writes two files and a list, and opens it.
    private func open(
        _ list: String, secondName: String = "b", kind: String = "safetensors"
    ) throws -> Checkpoint {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (number, name, tensor) in [(1, "a", Self.first), (2, secondName, Self.second)] {
            let url = folder.appending(path: "model-\(number).\(kind)")
            if kind == "bin" {
                try PyTorchArchiveWriter.write([name: .tensor(WritableTensor(tensor))] as CheckpointDictionary, to: url)
            } else {
                try SafetensorsWriter.write([name: WritableTensor(tensor)], metadata: [:], to: url)
            }
        }
        let url = folder.appending(path: "model.\(kind).index.json")
        try Data(list.utf8).write(to: url)
        return try Checkpoint(contentsOf: url)
    }

    private func list(_ map: String) -> String { "{\"metadata\": {\"total_size\": 20}, \"weight_map\": {\(map)}}" }

    @Test(arguments: ["safetensors", "bin"]) func allFilesAreOneCheckpoint(_ kind: String) throws {
        let checkpoint = try open(list("\"a\": \"model-1.\(kind)\", \"b\": \"model-2.\(kind)\""), kind: kind)
        #expect(Set(checkpoint.entries.keys) == ["a", "b"])
        #expect(try checkpoint.floats("a") == Self.first)
        #expect(try checkpoint.floats("b") == Self.second)
    }

    /// Each shard may hold the dictionaries of a training program.
    @Test func wrappedShardsAreUnwrapped() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let first: CheckpointDictionary = ["a.w": .tensor(WritableTensor(Self.first))]
        let second: CheckpointDictionary = ["module.b.w": .tensor(WritableTensor(Self.second))]
        let wrapped: CheckpointDictionary = ["state_dict": .dictionary(first), "epoch": .scalar(.integer(3))]
        try PyTorchArchiveWriter.write(wrapped, to: folder.appending(path: "1.bin"))
        let other: CheckpointDictionary = ["model": .dictionary(second)]
        try PyTorchArchiveWriter.write(other, to: folder.appending(path: "2.bin"))
        let url = folder.appending(path: "pytorch_model.bin.index.json")
        try Data(list(#""a.w": "1.bin", "b.w": "2.bin""#).utf8).write(to: url)
        let checkpoint = try Checkpoint(contentsOf: url)
        #expect(Set(checkpoint.entries.keys) == ["a.w", "b.w"])
        #expect(try checkpoint.floats("a.w") == Self.first && checkpoint.floats("b.w") == Self.second)
        #expect(checkpoint.scalars["epoch"] == .integer(3))
    }

    @Test(arguments: [
        #""a": "model-2.safetensors", "b": "model-1.safetensors""#, #""c": "model-1.safetensors""#,
        #""a": "../model-1.safetensors""#, #""a": "/etc/passwd""#, #""a": """#, #""a": ".""#, "",
    ])
    func liesAreRefused(_ map: String) throws {
        let error = try #require(throws: CheckpointError.self) { try open(list(map)) }
        #expect(error.code == .malformed, "\(error)")
    }

    @Test func oneNameInTwoFilesIsRefused() throws {
        let map = #""a": "model-1.safetensors", "x": "model-2.safetensors""#
        #expect(throws: CheckpointError.self) { try open(list(map), secondName: "a") }
    }

    @Test(arguments: ["{", "{}", "[]", #"{"weight_map": {}}"#, #"{"weight_map": 1}"#]) func whatIsNoListIsRefused(
        _ text: String
    ) throws {
        let error = try #require(throws: CheckpointError.self) { try open(text) }
        #expect(error.code == .malformed)
    }

    @Test func aMissingFileIsNamed() throws {
        let error = try #require(throws: CheckpointError.self) { try open(list(#""a": "model-3.safetensors""#)) }
        #expect(error.code == .unreadable && error.file.hasSuffix("model-3.safetensors"))
    }

    /// What a file may repeat whatever its size, all files may together: 16 of one float each would else take 512 MB.
    @Test func filesShareWhatTheyMayRepeat() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func checkpoint(_ count: Int) throws -> Checkpoint {
            var map: [String] = []
            for place in 0..<16 {
                let view = RawPickle.tensor(RawPickle.storage(count: 1), [count], strides: [0])
                let pickle = RawPickle.program(RawPickle.dictionary(("n\(place)", view)))
                try PyTorchArchiveWriter.write(
                    pickle: pickle, storages: [[0, 0, 0, 0]], byteOrder: "little",
                    to: folder.appending(path: "\(place).bin"))
                map.append("\"n\(place)\": \"\(place).bin\"")
            }
            let url = folder.appending(path: "pytorch_model.bin.index.json")
            try Data(list(map.joined(separator: ",")).utf8).write(to: url)
            return try Checkpoint(contentsOf: url)
        }
        #expect(try checkpoint(1 << 19).entries.count == 16)
        #expect(try checkpoint(1 << 20).entries.isEmpty)
    }
}
