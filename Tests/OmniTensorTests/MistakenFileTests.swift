import Foundation
import OmniFormats
import OmniTensor
import Testing

/// Files that lie where a model should be.
@Suite struct MistakenFileTests {
    static let pointer =
        "version https://git-lfs.github.com/spec/v1\n"
        + "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d"
        + "17e2393\nsize 12345\n"

    private static let files: [([UInt8], String)] = [
        ([], "empty"), (Array(pointer.utf8), "git lfs pull"),
        (Array("\u{FEFF}\n <!DOCTYPE HTML><title>404</title>".utf8), "a web page"),
        (Array("<html>".utf8), "a web page"),
        (Array("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>".utf8), "an XML document"),
        ([UInt8](repeating: 0, count: 2000), "not downloaded whole"), ([0x1f, 0x8b, 8, 0], "gzip"),
        (Array("GGUF\u{3}".utf8), "GGUF"), ([0x93] + Array("NUMPY".utf8), "NumPy"),
        (Array("/annex/objects/SHA256E-s1--a".utf8), "git annex get"),
        (Array("\u{18}\0\0\0TFL3".utf8), "TensorFlow Lite"),
        ([0x28, 0xb5, 0x2f, 0xfd, 4], "zstd"), (Array("%PDF-1.7".utf8), "PDF"),
    ]

    @Test(arguments: files) func aCheckpointSaysWhatTheFileIs(_ bytes: [UInt8], _ name: String) throws {
        let error = try #require(throws: CheckpointError.self) { try checkpoint(bytes) }
        #expect(error.code == .malformed && error.reason.contains(name), "\(error)")
    }

    @Test func filesOfModelsAreNotMistaken() {
        for start in ["{", "\u{8}\u{8}", "PK\u{3}\u{4}", "a: 1", "\u{A}\u{E}", "\u{80}\u{2}", "versions: 1", "<s>"] {
            #expect(MistakenFile.explanation(of: start.utf8) == nil, "\(start)")
        }
        #expect(MistakenFile.explanation(of: [UInt8](repeating: 0, count: 511)) == nil)
    }

    /// A shard is looked at as well, and a byte order mark before the list of shards is no obstacle.
    @Test func shardsAndTheirListAreLookedAt() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let list = folder.appending(path: "model.safetensors.index.json")
        try Data("\u{FEFF}{\"weight_map\": {\"a\": \"1.safetensors\"}}".utf8).write(to: list)
        let shard = folder.appending(path: "1.safetensors")
        try Data(Self.pointer.utf8).write(to: shard)
        let error = try #require(throws: CheckpointError.self) { try Checkpoint(contentsOf: list) }
        #expect(error.reason.contains("git lfs pull") && error.file.hasSuffix("1.safetensors"), "\(error)")
        try SafetensorsWriter.write(["a": WritableTensor(Tensor<Float>(zeros: [2]))], metadata: [:], to: shard)
        #expect(try Checkpoint(contentsOf: list).floats("a").shape == [2])
        try Data(Self.pointer.utf8).write(to: list)
        let other = try #require(throws: CheckpointError.self) { try Checkpoint(contentsOf: list) }
        #expect(other.reason.contains("git lfs pull"), "\(other)")
    }
}
