import Foundation
import Testing

@testable import OmniHub

@Suite("A cache")
struct CacheTests {
    let fixture: HubFixture
    let repository: HubRepository

    init() throws {
        fixture = try HubFixture()
        repository = try HubFixture.repository()
    }

    /// A snapshot as the Python client leaves it, by its hand: without a list of files.
    private func writePythonSnapshot(_ id: String, commit: Character, files: [String: LoopbackHub.Content]) throws {
        let places = fixture.cache.places(of: try HubRepository(id))
        let commit = String(repeating: commit, count: 40)
        try FileSystem.makeFolder(places.blobs)
        for (path, content) in files {
            try Data(content.bytes).write(to: URL(filePath: places.blob(content.digest)))
            try FileSystem.link(places.snapshot(commit) + "/" + path, to: "../../blobs/" + content.digest.blobName)
        }
        try FileSystem.write(commit, to: places.refs + "/main")
    }

    @Test("what Python downloaded without a list is complete when all that a known model needs is there")
    func pythonSnapshot() async throws {
        var files = ["config.json": LoopbackHub.Content("{}")]
        try writePythonSnapshot("hubertsiuzdak/snac_24khz", commit: "e", files: files)
        #expect(try fixture.cache.snapshot(of: .snac24kHz) == nil)
        files["pytorch_model.bin"] = LoopbackHub.Content([1, 2, 3])
        try writePythonSnapshot("hubertsiuzdak/snac_24khz", commit: "e", files: files)
        let snapshot = try #require(try fixture.cache.snapshot(of: .snac24kHz))
        #expect(snapshot.commit == String(repeating: "e", count: 40))
        #expect(try await fixture.cache.verify(.snac24kHz).map(\.result) == [.good, .good])
        try writePythonSnapshot("somebody/unknown", commit: "e", files: files)
        let unknown = try HubRepository("somebody/unknown")
        #expect(try fixture.cache.snapshot(of: unknown) == nil)
        #expect(try fixture.cache.snapshot(of: unknown, matching: ["config.json"]) != nil)
        #expect(try fixture.cache.folder(of: unknown) != nil)
        // Nothing says what files there should be: what is unfinished tells.
        func isComplete() -> Bool? { fixture.cache.contents(of: unknown)?.snapshots.first?.isComplete }
        #expect(isComplete() == true && fixture.cache.contents(of: unknown)?.snapshots.first?.missing == nil)
        let places = fixture.cache.places(of: unknown)
        try FileSystem.write("part", to: places.blobs + "/" + String(repeating: "d", count: 64) + ".incomplete")
        #expect(isComplete() == false)
    }

    @Test("contents: sizes, what is missing, and how much of it came")
    func contents() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content]) { request in
            request.isForStore ? .cut(after: request.repetition == 0 ? 120_000 : 0) : nil
        }
        _ = try? await fixture.client(hub).snapshot(of: repository)
        let found = try #require(fixture.cache.repositories().first)
        #expect(found.repository == repository)
        #expect(found.incompleteByteCount == 120_000)
        #expect(found.byteCount == 8 + 8)
        let snapshot = try #require(found.snapshots.first)
        #expect(snapshot.fileCount == 2)
        #expect(snapshot.missing == [MissingFile(path: "weights.bin", size: 300_000, receivedByteCount: 120_000)])
        #expect(snapshot.revisions == [])

        let whole = try LoopbackHub([repository.id: content])
        _ = try await fixture.client(whole).snapshot(of: repository)
        let complete = try #require(fixture.cache.contents(of: repository)?.snapshots.first)
        #expect(complete.isComplete && complete.missing == [])
        #expect(complete.revisions == ["main"])
        #expect(complete.byteCount == 300_016)
    }

    @Test("removing a revision keeps what others use; removing a repository leaves nothing")
    func removal() async throws {
        var content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        let first = try await client.snapshot(of: repository)
        content.commit = String(repeating: "c", count: 40)
        content.files["config.json"] = LoopbackHub.Content("{\"a\": 22}")
        hub.update { $0[repository.id] = content }
        let second = try await client.snapshot(of: repository, isUpdating: true)
        #expect(try fixture.cache.remove(repository, revision: first.commit) == 8)
        #expect(try fixture.cache.snapshot(of: repository) == second)
        try fixture.expectComplete(second, content)
        #expect(throws: HubError.notCached(repository, revision: first.commit)) {
            try fixture.cache.remove(repository, revision: first.commit)
        }
        #expect(try fixture.cache.remove(repository) == 300_017)
        #expect(FileSystem.filesBelow(fixture.cache.folder.path) == [])
        #expect(throws: HubError.notCached(repository, revision: nil)) { try fixture.cache.remove(repository) }
    }

    @Test("a list that is damaged is asked for again")
    func damagedList() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        let snapshot = try await client.snapshot(of: repository)
        let path = try fixture.places.tree(snapshot.commit)
        for text in ["", "{}", "{\"format_version\": 2, \"files\": {}}", String(repeating: "[", count: 1000)] {
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(HubTree(contentsOf: path) == nil)
            #expect(try await client.snapshot(of: repository) == snapshot)
            #expect(HubTree(contentsOf: path)?.files == snapshot.files)
        }
    }

    @Test("a list with sizes that no file has, or that cannot be added up, is asked for again")
    func impossibleCachedSizes() async throws {
        let hub = try LoopbackHub([repository.id: HubFixture.content()])
        let client = try fixture.client(hub)
        let snapshot = try await client.snapshot(of: repository)
        let path = try fixture.places.tree(snapshot.commit)
        for (size, count) in [(Int.max, 2), (-1, 1), (HubFile.largestByteCount, 1025)] {
            let entries = (0..<count).map { index in
                "\"\(index)\": {\"size\": \(size), \"blob_id\": \"\(String(repeating: "b", count: 40))\"}"
            }
            let text = "{\"format_version\": 1, \"files\": {\(entries.joined(separator: ", "))}}"
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(HubTree(contentsOf: path) == nil)
            #expect(fixture.cache.contents(of: repository)?.snapshots.first?.missing == nil)
            #expect(try await client.snapshot(of: repository) == snapshot)
        }
    }

    @Test("names that differ only in Unicode normalisation are two files, a name that comes twice is none")
    func normalisation() throws {
        let digest = LoopbackHub.Content("text").digest
        let names = ["e\u{301}.txt", "\u{E9}.txt"]
        let files = try names.map { try HubFile(path: $0, size: 4, digest: digest) }
        #expect(try HubTree(files).files.count == 2)
        #expect(throws: HubError.self) { try HubTree(files + files) }
        let below = try HubFile(path: "\u{E9}.txt/below", size: 4, digest: digest)
        #expect(throws: HubError.unsafePath(below.path)) { try HubTree(files + [below]) }
        // A dictionary cannot hold both names.
        let path = fixture.folder.appending(path: "tree.json").path
        try HubTree(files).write(to: path, pointerIDs: [:])
        #expect(!FileSystem.exists(path))
    }

    @Test("verification finds what was removed, and expects nothing that was not asked for")
    func removedLinks() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        let part = try await client.snapshot(of: repository, matching: ["*.json"])
        #expect(try await fixture.cache.verify(repository).map(\.result) == [.good])
        _ = try await client.snapshot(of: repository)
        let places = try fixture.places
        FileSystem.remove(places.snapshot(part.commit) + "/weights.bin")
        let withoutLink = try await fixture.cache.verify(repository)
        #expect(withoutLink.map(\.path) == ["config.json", "sub/folder/vocabulary.txt", "weights.bin"])
        #expect(withoutLink.map(\.result) == [.good, .good, .missing])
        _ = try await client.snapshot(of: repository, isVerifying: true)
        #expect(try await fixture.cache.verify(repository).map(\.result) == [.good, .good, .good])
        FileSystem.remove(places.blob(try #require(content.files["weights.bin"]).digest))
        #expect(try await fixture.cache.verify(repository).map(\.result) == [.good, .good, .missing])
    }

    @Test("what the cache has nothing of is not verified")
    func verifiedNothing() async throws {
        let hub = try LoopbackHub([repository.id: HubFixture.content()])
        let client = try fixture.client(hub)
        let commit = try await client.snapshot(of: repository, isVerifying: true).commit
        let other = String(repeating: "f", count: 40)
        await #expect(throws: HubError.notCached(repository, revision: other)) {
            try await fixture.cache.verify(repository, revision: other)
        }
        try FileSystem.removeTree(fixture.places.snapshot(commit))
        FileSystem.remove(try fixture.places.tree(commit))
        await #expect(throws: HubError.notCached(repository, revision: "main")) {
            try await fixture.cache.verify(repository)
        }
        let again = try await client.snapshot(of: repository, revision: commit, isVerifying: true)
        #expect(again.commit == commit)
    }

    @Test("what another commit brought is verified before it is used again")
    func verifiedContentOfAnotherCommit() async throws {
        var content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let client = try fixture.client(hub)
        _ = try await client.snapshot(of: repository)
        let blob = try fixture.places.blob(try #require(content.files["weights.bin"]).digest)
        var bytes = try Data(contentsOf: URL(filePath: blob))
        bytes[bytes.startIndex] ^= 1
        try bytes.write(to: URL(filePath: blob))
        content.commit = String(repeating: "c", count: 40)
        hub.update { $0[repository.id] = content }
        let other = try await client.snapshot(of: repository, revision: content.commit, isVerifying: true)
        #expect(other.commit == content.commit)
        let found = try await fixture.cache.verify(repository, revision: content.commit)
        #expect(found.map(\.result) == [.good, .good, .good])
    }

    @Test("a lock is held by one, and free again when its holder is gone")
    func locks() throws {
        let path = fixture.folder.appending(path: "a.lock").path
        var first = try FileLock(trying: path)
        #expect(first != nil)
        #expect(try FileLock(trying: path) == nil)
        first = nil
        #expect(try FileLock(trying: path) != nil)
    }

    @Test("more bytes than there is space for are not begun; what has two names comes once")
    func noSpace() async throws {
        @Sendable func sibling(_ name: String) -> String {
            """
            {"rfilename": "\(name)", "size": 1, "blobId": "\(String(repeating: "b", count: 40))", \
            "lfs": {"sha256": "\(String(repeating: "c", count: 64))", "size": 1000000000000000}}
            """
        }
        let hub = try LoopbackHub([repository.id: HubFixture.content()]) { request in
            guard request.isForList else { return nil }
            let list = """
                {"sha": "\(String(repeating: "a", count: 40))", "siblings": [\(sibling("a")), \(sibling("b"))]}
                """
            return .body(Array(list.utf8))
        }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .diskFull(_, needed: 1_000_000_000_000_000, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(hub.requests.count == 1)
    }

    @Test("a cache that cannot be written", .enabled(if: getuid() != 0))
    func readOnly() async throws {
        let hub = try LoopbackHub([repository.id: HubFixture.content()])
        _ = unsafe chmod(fixture.folder.path, 0o500)
        defer { _ = unsafe chmod(fixture.folder.path, 0o700) }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .unusable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a file in the place of the cache")
    func fileInPlace() async throws {
        let hub = try LoopbackHub([repository.id: HubFixture.content()])
        try Data().write(to: fixture.cache.folder)
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .unusable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
