import Foundation
import Testing

@testable import OmniHub

@Suite("Snapshots from a hub")
struct SnapshotTests {
    let fixture: HubFixture
    let repository: HubRepository

    init() throws {
        fixture = try HubFixture()
        repository = try HubFixture.repository()
    }

    @Test("a cold download: files, links, names and list as the Python client keeps them")
    func coldDownload() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let reports = Record<HubProgress>()
        let snapshot = try await fixture.client(hub).snapshot(of: repository) { reports.add($0) }
        try fixture.expectComplete(snapshot, content)
        #expect(snapshot.commit == content.commit)

        let places = try fixture.places
        let blob = try #require(content.files["weights.bin"]).digest.blobName
        #expect(FileSystem.target(of: places.snapshot(snapshot.commit) + "/weights.bin") == "../../blobs/\(blob)")
        let vocabulary = try #require(content.files["sub/folder/vocabulary.txt"]).digest.blobName
        #expect(
            FileSystem.target(of: places.snapshot(snapshot.commit) + "/sub/folder/vocabulary.txt")
                == "../../../../blobs/\(vocabulary)")
        #expect(FileSystem.text(at: places.refs + "/main", largest: 100) == content.commit)
        #expect(HubTree(contentsOf: places.tree(snapshot.commit))?.files == snapshot.files)

        let last = try #require(reports.values.last)
        let total = content.files.values.reduce(0) { $0 + $1.bytes.count }
        #expect(last.completedByteCount == total)
        #expect(last.totalByteCount == total)
        #expect(reports.values.map(\.completedByteCount) == reports.values.map(\.completedByteCount).sorted())
    }

    @Test("a warm start makes no request, for a branch, its commit, and some files of it")
    func warmStart() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        _ = try await client.snapshot(of: repository)
        let count = hub.requests.count
        for (revision, patterns) in [("main", nil), (content.commit, nil), ("main", ["*.json"])] {
            let snapshot = try await client.snapshot(of: repository, revision: revision, matching: patterns)
            try fixture.expectComplete(snapshot, content)
        }
        #expect(hub.requests.count == count)
        #expect(count == 1 + 2 + 2)  // a list, two files of Git, one of Git LFS with its redirect
    }

    @Test("only files that a pattern matches come, the rest later")
    func patterns() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        let part = try await client.snapshot(of: repository, matching: ["*.json", "sub/"])
        try fixture.expectComplete(part, content, only: ["config.json", "sub/folder/vocabulary.txt"])
        #expect(!hub.requests.contains { $0.path.hasSuffix("weights.bin") })
        #expect(try fixture.cache.snapshot(of: repository) == nil)
        try fixture.expectComplete(try await client.snapshot(of: repository), content)
        #expect(hub.requests.count { $0.isForList } == 1)
        await #expect(throws: HubError.noSuchFile(repository, revision: "main", pattern: "weight.bin")) {
            try await client.snapshot(of: repository, matching: ["weight.bin"])
        }
    }

    @Test("the token goes to the hub and to no other host")
    func tokenStaysHome() async throws {
        let hub = try LoopbackHub([repository.id: HubFixture.content()])
        _ = try await fixture.client(hub, token: "hf_secret").snapshot(of: repository)
        for request in hub.requests {
            #expect(request.headers["authorization"] == (request.isForStore ? nil : "Bearer hf_secret"))
            #expect(request.headers["host"]?.hasPrefix("localhost") == request.isForStore)
        }
        #expect(hub.requests.contains { $0.isForStore })
    }

    @Test("a relative redirect, as for a renamed repository, stays at the hub and keeps the token")
    func relativeRedirect() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content]) { request in
            guard request.path.hasPrefix("/api/models/old/") else { return nil }
            return .status(307, ["Location": "/api/models/somebody/small-model/revision/main?blobs=true"])
        }
        let old = try HubRepository("old/name")
        let client = try fixture.client(hub, token: "hf_secret")
        await #expect(throws: HubError.self) { try await client.snapshot(of: old) }
        #expect(hub.requests.prefix(2).map(\.isForList) == [true, true])
        #expect(hub.requests.prefix(2).allSatisfy { $0.headers["authorization"] == "Bearer hf_secret" })
    }

    @Test("a redirect of the hub to itself under another port is another host")
    func otherPort() async throws {
        let content = HubFixture.content()
        let other = try LoopbackHub([repository.id: content])
        let hub = try LoopbackHub([repository.id: content]) { request in
            .status(302, ["Location": "\(other.endpoint)\(request.path)?\(request.query)"])
        }
        let snapshot = try await fixture.client(hub, token: "hf_secret").snapshot(of: repository)
        try fixture.expectComplete(snapshot, content)
        #expect(other.requests.allSatisfy { $0.headers["authorization"] == nil })
        #expect(hub.requests.allSatisfy { $0.headers["authorization"] != nil })
    }

    @Test("a branch that moved is found when it is asked for, and what did not change is not fetched again")
    func update() async throws {
        var content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        let first = try await client.snapshot(of: repository)
        content.commit = String(repeating: "c", count: 40)
        content.files["config.json"] = LoopbackHub.Content("{\"a\": 2}")
        hub.update { $0[repository.id] = content }
        #expect(try await client.snapshot(of: repository) == first)
        let count = hub.requests.count
        let second = try await client.snapshot(of: repository, isUpdating: true)
        #expect(second.commit == content.commit)
        try fixture.expectComplete(second, content)
        #expect(hub.requests.count == count + 2)  // the list and one file
        #expect(try fixture.cache.snapshot(of: repository) == second)
    }

    @Test("until a new commit is complete the branch means the old one")
    func unfinishedUpdate() async throws {
        var content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content]) { request in
            request.path.hasSuffix("ccc/config.json") ? .status(403) : nil
        }
        let client = try fixture.client(hub)
        let first = try await client.snapshot(of: repository)
        content.commit = String(repeating: "c", count: 40)
        content.files["config.json"] = LoopbackHub.Content("{\"a\": 2}")
        hub.update { $0[repository.id] = content }
        await #expect(throws: Never.self) { try await client.snapshot(of: repository) }
        _ = try? await client.snapshot(of: repository, isUpdating: true)
        #expect(try fixture.cache.snapshot(of: repository) == first)
    }

    @Test("offline: what is complete is found, what is not is named, and nothing is asked")
    func offline() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        var configuration = try fixture.configuration(hub)
        configuration.isOffline = true
        let offline = HubClient(configuration)
        await #expect(throws: HubError.offline(repository, revision: "main", missing: [])) {
            try await offline.snapshot(of: repository)
        }
        await #expect(throws: HubError.offline(repository, revision: "main", missing: ["config.json"])) {
            try await offline.snapshot(of: repository, matching: ["config.json"])
        }
        #expect(hub.requests.isEmpty)
        _ = try await fixture.client(hub).snapshot(of: repository, matching: ["*.json"])
        let count = hub.requests.count
        _ = try await offline.snapshot(of: repository, matching: ["*.json"])
        await #expect(
            throws: HubError.offline(
                repository, revision: "main", missing: ["sub/folder/vocabulary.txt", "weights.bin"])
        ) {
            try await offline.snapshot(of: repository)
        }
        #expect(hub.requests.count == count)
    }

    @Test("a known model comes with the codec, and one progress counts both")
    func companions() async throws {
        let parts = ["lit_model.pth", "model_config.yaml", "tokenizer.json", "small.pt", "not-needed.bin"]
        let model = LoopbackHub.Repository(
            files: Dictionary(
                uniqueKeysWithValues: parts.enumerated().map { index, path in
                    (path, LoopbackHub.Content(HubFixture.bytes(1000, seed: UInt64(index))))
                }))
        let codec = LoopbackHub.Repository(
            commit: String(repeating: "d", count: 40),
            files: ["config.json": LoopbackHub.Content("{}"), "pytorch_model.bin": LoopbackHub.Content([1, 2, 3])])
        let hub = try LoopbackHub([HubRepository.miniOmni.id: model, HubRepository.snac24kHz.id: codec])
        let reports = Record<HubProgress>()
        let snapshots = try await fixture.client(hub).snapshots(ofModel: .miniOmni) { reports.add($0) }
        #expect(snapshots.map(\.repository) == [.miniOmni, .snac24kHz])
        #expect(!hub.requests.contains { $0.path.hasSuffix("not-needed.bin") })
        #expect(reports.values.last?.completedByteCount == 4 * 1000 + 2 + 3)
        #expect(reports.values.last?.fraction == 1)
        let count = hub.requests.count
        _ = try await fixture.client(hub).snapshots(ofModel: .miniOmni)
        #expect(hub.requests.count == count)
    }

    @Test("an empty file")
    func emptyFile() async throws {
        let content = LoopbackHub.Repository(files: ["empty": LoopbackHub.Content("")])
        let hub = try LoopbackHub([repository.id: content])
        try fixture.expectComplete(try await fixture.client(hub).snapshot(of: repository), content)
    }

    @Test("files of the same content come once")
    func sameContent() async throws {
        let bytes = HubFixture.bytes(5000)
        let content = LoopbackHub.Repository(files: ["a": .init(bytes), "b": .init(bytes)])
        let hub = try LoopbackHub([repository.id: content])
        let reports = Record<HubProgress>()
        let snapshot = try await fixture.client(hub).snapshot(of: repository) { reports.add($0) }
        try fixture.expectComplete(snapshot, content)
        #expect(hub.requests.count { $0.isForStore } == 1)
        #expect(reports.values.last?.completedByteCount == 10_000)
    }
}
