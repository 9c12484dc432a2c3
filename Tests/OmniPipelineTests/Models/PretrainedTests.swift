import Foundation
import OmniPipeline
import TestSupport
import Testing

@Suite("Published models in a hub's cache")
struct PretrainedTests {
    /// A cache with the small checkpoint as the published one, and a client that must not use the network.
    private func withCache(_ body: (URL, HubClient) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let checkpoint = Fixture.url("tiny/checkpoint")
        try write(
            HubRepository.miniOmni, ["lit_model.pth", "model_config.yaml", "tokenizer.json", "small.pt"],
            from: checkpoint,
            in: folder)
        var configuration = HubConfiguration(cache: HubCache(folder: folder))
        configuration.isOffline = true
        try await body(folder, HubClient(configuration))
    }

    private func write(_ repository: HubRepository, _ files: [String], from source: URL, in cache: URL) throws {
        let commit = String(repeating: "1", count: 40)
        let root = cache.appending(path: "models--" + repository.id.replacing("/", with: "--"))
        for part in ["refs", "blobs", "snapshots/\(commit)"] {
            try FileManager.default.createDirectory(at: root.appending(path: part), withIntermediateDirectories: true)
        }
        for file in files {
            try FileManager.default.copyItem(
                at: source.appending(path: file), to: root.appending(path: "blobs/\(file)"))
            try FileManager.default.createSymbolicLink(
                atPath: root.appending(path: "snapshots/\(commit)/\(file)").path,
                withDestinationPath: "../../blobs/\(file)")
        }
        try Data(commit.utf8).write(to: root.appending(path: "refs/main"))
    }

    @Test("the model and its codec load from two snapshots, where they lie, without a request")
    func loads() async throws {
        try await withCache { folder, hub in
            await #expect(
                throws: HubError.offline(.snac24kHz, revision: "main", missing: ["config.json", "pytorch_model.bin"])
            ) {
                try await MiniOmni.load(pretrained: "gpt-omni/mini-omni", hub: hub)
            }
            try write(
                .snac24kHz, ["config.json", "pytorch_model.bin"], from: Fixture.url("tiny/checkpoint/snac"), in: folder)
            let omni = try await MiniOmni.load(pretrained: "gpt-omni/mini-omni", hub: hub)
            #expect(omni.loadDurations != nil)
            let files = try await ModelDirectory(pretrained: .miniOmni, hub: hub)
            #expect(files.url.path.contains("models--gpt-omni--mini-omni/snapshots/"))
            #expect(files.codec.path.contains("models--hubertsiuzdak--snac_24khz/snapshots/"))
        }
    }

    @Test("what is no id, and what is not in the cache")
    func refusals() async throws {
        try await withCache { _, hub in
            await #expect(throws: HubError.badRepositoryID("Models/nano/")) {
                try await MiniOmni.load(pretrained: "Models/nano/", hub: hub)
            }
            let other = try HubRepository("gpt-omni/mini-omini")
            await #expect(throws: HubError.offline(other, revision: "main", missing: [])) {
                try await MiniOmni.load(pretrained: other.id, hub: hub)
            }
        }
    }
}
