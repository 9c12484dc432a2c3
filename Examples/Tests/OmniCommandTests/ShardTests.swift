import Foundation
import OmniTensor
import Testing

/// Models whose weights are in several files, with a list of them.
@Suite(.timeLimit(.minutes(10))) struct ShardTests {
    private struct Part: Decodable {
        let part: String
        let byteCount: Int
    }

    private struct Finding: Decodable {
        let subject: String
        let isGood: Bool
        let remark: String
    }

    /// The bundled model with its language model behind a list.
    private func write(to folder: borrowing TemporaryFolder) throws -> URL {
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(atPath: Command.nano, toPath: model.path)
        let (weights, shard) = (model.appending(path: "lit_model.pth"), model.appending(path: "part-1.pth"))
        let names = try Checkpoint(contentsOf: weights).entries.keys
        try FileManager.default.moveItem(at: weights, to: shard)
        let list = ["weight_map": Dictionary(uniqueKeysWithValues: names.map { ($0, "part-1.pth") })]
        try JSONEncoder().encode(list).write(to: model.appending(path: "lit_model.pth.index.json"))
        return shard
    }

    @Test func sizesAndDamageOfEveryFileAreSeen() async throws {
        let folder = try TemporaryFolder()
        let shard = try write(to: folder)
        let model = folder.path("model")
        let size = try #require(try shard.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        let info = try await Command.run("info", "--model", model, "--json")
        let parts = try info.json(as: [Part].self)
        #expect(parts.first { $0.part == "language model" }?.byteCount == size)
        let whole = try await Command.run("doctor", "--model", model, "--json")
        let memory = try whole.json(as: [Finding].self).first { $0.subject == "memory" }
        let encoder = try #require(parts.first { $0.part == "speech encoder" }?.byteCount)
        #expect(whole.status == 0 && memory?.remark == "\((size + encoder) / 1_000_000) MB of weights")

        #expect(unsafe truncate(shard.path, off_t(size / 2)) == 0)
        let cut = try await Command.run("doctor", "--model", model, "--json")
        let findings = try cut.json(as: [Finding].self)
        #expect(cut.status == 1 && !findings.contains { $0.subject == "files" })
        #expect(findings.contains { !$0.isGood && $0.remark.contains("part-1.pth") })
        try FileManager.default.removeItem(at: shard)
        let missing = try await Command.run("doctor", "--model", model, "--json")
        #expect(missing.status == 1)
        #expect(try missing.json(as: [Finding].self).contains { !$0.isGood && $0.remark.contains("part-1.pth") })
    }
}
