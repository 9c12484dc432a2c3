import Foundation
import Testing

/// The commands that need no network: a cache on disk, in the layout of Python's `huggingface_hub`.
@Suite("Models in the hub's cache")
struct HubCommandTests {
    static let model = "gpt-omni/mini-omni"
    static let codec = "hubertsiuzdak/snac_24khz"
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "omni-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func omni(_ arguments: String..., environment: [String: String] = [:]) async throws -> Command {
        var variables = ProcessInfo.processInfo.environment.merging(["HF_HUB_CACHE": folder.path]) { $1 }
        variables["OMNI_MODEL"] = nil
        return try await Command.run(
            arguments, executable: Command.executable, environment: variables.merging(environment) { $1 })
    }

    /// Files of the bundled model as a snapshot.
    private func write(_ id: String, _ names: [String], from source: String) throws {
        let commit = String(repeating: "1", count: 40)
        let root = folder.appending(path: "models--" + id.replacing("/", with: "--"))
        for part in ["refs", "blobs", "snapshots/\(commit)"] {
            try FileManager.default.createDirectory(at: root.appending(path: part), withIntermediateDirectories: true)
        }
        for name in names {
            let file = URL(filePath: source).appending(path: name)
            try FileManager.default.copyItem(at: file, to: root.appending(path: "blobs/\(name)"))
            try FileManager.default.createSymbolicLink(
                atPath: root.appending(path: "snapshots/\(commit)/\(name)").path,
                withDestinationPath: "../../blobs/\(name)")
        }
        try Data(commit.utf8).write(to: root.appending(path: "refs/main"))
    }

    private func writeAll() throws {
        try write(
            Self.model, ["lit_model.pth", "model_config.yaml", "tokenizer.json", "small.pt"], from: Command.nano)
        try write(Self.codec, ["config.json", "pytorch_model.bin"], from: Command.nano + "/snac")
    }

    @Test("a model by its id, by OMNI_MODEL, and a folder of the name first")
    func byID() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeAll()
        let byID = try await omni("info", "--model", Self.model, "--json")
        #expect(byID.status == 0, "\(byID.messages)")
        let byVariable = try await omni("info", "--json", environment: ["OMNI_MODEL": Self.model])
        #expect(byVariable.text == byID.text)
        let flagFirst = try await omni(
            "info", "--model", Command.nano, "--json", environment: ["OMNI_MODEL": "no/model"])
        #expect(flagFirst.status == 0 && flagFirst.text != byID.text)
        let tokens = try await omni("tokenize", "--model", Self.model, "hello")
        #expect(tokens.status == 0)
        #expect(try await omni("info").status == 64)
    }

    @Test("what is missing, misspelt or half there is said, with what to type")
    func missing() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let nothing = try await omni("ask", "--model", Self.model, "--text", "hello")
        #expect(nothing.status == 66)
        #expect(nothing.messages.contains("omni pull gpt-omni/mini-omni"))
        let misspelt = try await omni("info", "--model", "gpt-omni/mini-onmi")
        #expect(misspelt.status == 66)
        #expect(misspelt.messages.contains("did you mean gpt-omni/mini-omni?"))
        try write(Self.model, ["lit_model.pth", "model_config.yaml"], from: Command.nano)
        let half = try await omni("info", "--model", Self.model)
        #expect(half.status == 66)
        #expect(
            half.messages.contains("tokenizer.json, small.pt missing; to go on, type: omni pull gpt-omni/mini-omni"))
        let doctor = try await omni("doctor", "--model", Self.model)
        #expect(doctor.status == 1)
        #expect(doctor.text.contains("the download is not finished"))
        let path = try await omni("info", "--model", "./gpt-omni/mini-omni")
        #expect(path.status == 66 && path.messages.contains("there is no such folder"))
    }

    @Test("a revision with the id, and one that is not there")
    func revisions() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeAll()
        let commit = String(repeating: "1", count: 40)
        for name in [Self.codec + "@main", Self.codec + "@" + commit] {
            let verified = try await omni("verify", name)
            #expect(verified.status == 1 && verified.text.contains("the cache keeps no hash"), "\(verified.messages)")
        }
        let other = try await omni("verify", Self.codec + "@v2")
        #expect(other.status == 66 && other.messages.contains("at revision v2 is not in the cache"))
        #expect(try await omni("verify", Self.codec + "@main", "--revision", "v2").status == 64)
        #expect(try await omni("verify", Self.codec + "@").status == 64)
        let absent = try await omni("info", "--model", Self.model + "@v9")
        #expect(absent.status == 66, "\(absent.messages)")
        #expect(absent.messages.contains("the cache has gpt-omni/mini-omni, but not at revision v9"))
        #expect(absent.messages.contains("omni pull gpt-omni/mini-omni --revision v9"))
        #expect(try await omni("rm", Self.codec + "@v2", "--yes").status == 66)
        #expect(try await omni("rm", Self.codec + "@main", "--yes").status == 0)
        #expect(try await omni("verify", Self.codec).status == 66)
    }

    @Test("models, verify and rm")
    func contents() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Model: Decodable {
            let repository: String
            let isComplete: Bool
            let byteCount: Int
        }
        #expect(try await omni("models", "--json").json(as: [Model].self).isEmpty)
        try writeAll()
        let models = try await omni("models", "--json").json(as: [Model].self)
        #expect(models.map(\.repository) == [Self.model, Self.codec])
        #expect(models.allSatisfy { $0.isComplete && $0.byteCount > 1000 })
        // The blobs of this test have no hashes as names, and there is no list: nothing can be compared.
        let verified = try await omni("verify", Self.model)
        #expect(verified.status == 1)
        #expect(verified.text.contains("the cache keeps no hash for it"))
        #expect(try await omni("rm", Self.codec).status == 64)
        #expect(try await omni("rm", Self.codec, "--yes").status == 0)
        #expect(try await omni("rm", Self.codec, "--yes").status == 66)
        #expect(try await omni("models", "--json").json(as: [Model].self).map(\.repository) == [Self.model])
        #expect(try await omni("pull", "not an id").status == 64)
        let offline = try await omni("pull", Self.codec, environment: ["HF_HUB_OFFLINE": "1"])
        #expect(offline.status == 69 && offline.messages.contains("the network is switched off"))
    }
}
