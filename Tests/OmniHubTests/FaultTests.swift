import Foundation
import Testing

@testable import OmniHub

@Suite("Faults of a hub, on purpose")
struct FaultTests {
    let fixture: HubFixture
    let repository: HubRepository
    let content = HubFixture.content()

    init() throws {
        fixture = try HubFixture()
        repository = try HubFixture.repository()
    }

    private func hub(_ fault: @escaping @Sendable (LoopbackHub.Request) -> LoopbackHub.Fault?) throws -> LoopbackHub {
        try LoopbackHub([repository.id: content], fault: fault)
    }

    /// Downloads from a hub with a fault that passes, and finds everything right in the end.
    private func expectRecovery(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ fault: @escaping @Sendable (LoopbackHub.Request) -> LoopbackHub.Fault?
    ) async throws -> [LoopbackHub.Request] {
        let hub = try hub(fault)
        let snapshot = try await fixture.client(hub).snapshot(of: repository)
        try fixture.expectComplete(snapshot, content, sourceLocation: sourceLocation)
        return hub.requests
    }

    // MARK: Refusals

    @Test("no such repository, private or not")
    func noSuchRepository() async throws {
        let hub = try hub { _ in nil }
        let other = try HubRepository("nobody/nothing")
        await #expect(throws: HubError.noSuchRepository(other, hasToken: false)) {
            try await fixture.client(hub).snapshot(of: other)
        }
        let bare = try LoopbackHub { _ in .status(404) }
        await #expect(throws: HubError.noSuchRepository(other, hasToken: true)) {
            try await fixture.client(bare, token: "hf_x").snapshot(of: other)
        }
        #expect(FileSystem.names(in: fixture.cache.folder.path) == [])
    }

    @Test("no such revision")
    func noSuchRevision() async throws {
        let hub = try hub { _ in nil }
        await #expect(throws: HubError.noSuchRevision(repository, revision: "v9")) {
            try await fixture.client(hub).snapshot(of: repository, revision: "v9")
        }
    }

    @Test("a gated repository, at the list or at the file", arguments: [401, 403])
    func gated(status: Int) async throws {
        for isList in [true, false] {
            let hub = try hub { request in
                request.isForList == isList ? .status(status, ["X-Error-Code": "GatedRepo"]) : nil
            }
            await #expect(throws: HubError.gated(repository, hasToken: false)) {
                try await fixture.client(hub).snapshot(of: repository)
            }
        }
    }

    @Test("a token that the hub does not accept")
    func badToken() async throws {
        let hub = try hub { _ in .status(401, ["X-Error-Message": "Invalid credentials in Authorization header"]) }
        await #expect(throws: HubError.tokenRefused(host: "127.0.0.1")) {
            try await fixture.client(hub, token: "hf_old").snapshot(of: repository)
        }
    }

    @Test("a file that the list has and the hub has not")
    func lostFile() async throws {
        let hub = try hub { $0.isForFile ? .status(404, ["X-Error-Code": "EntryNotFound"]) : nil }
        await #expect(
            throws: HubError.noSuchFile(repository, revision: content.commit, pattern: "config.json")
        ) {
            try await fixture.client(hub).snapshot(of: repository)
        }
    }

    @Test("statuses that pass are asked again", arguments: [408, 429, 500, 502, 503, 504])
    func passing(status: Int) async throws {
        _ = try await expectRecovery { $0.repetition == 0 ? .status(status) : nil }
    }

    @Test("a wait that the server asks for is kept")
    func retryAfter() async throws {
        let start = ContinuousClock.now
        _ = try await expectRecovery { request in
            request.isForList && request.repetition == 0 ? .status(429, ["Retry-After": "1"]) : nil
        }
        #expect(ContinuousClock.now - start >= .seconds(1))
    }

    @Test("statuses that do not pass are given up after five attempts")
    func lasting() async throws {
        let hub = try hub { $0.isForList ? .status(503, ["X-Error-Message": "sleeping"]) : nil }
        await #expect(throws: HubError.refused(host: "127.0.0.1", status: 503, message: "sleeping")) {
            try await fixture.client(hub).snapshot(of: repository)
        }
        #expect(hub.requests.count == 5)
    }

    @Test("an old address of the store is asked for anew at the hub")
    func oldAddress() async throws {
        let requests = try await expectRecovery { $0.isForStore && $0.repetition == 0 ? .status(403) : nil }
        #expect(requests.count { $0.path.hasSuffix("weights.bin") } == 2)
    }

    // MARK: Connections

    @Test("a connection that ends early goes on where it ended, as often as it takes")
    func cut() async throws {
        let requests = try await expectRecovery { $0.isForStore && $0.repetition < 9 ? .cut(after: 30_000) : nil }
        let ranges = requests.filter(\.isForStore).map { $0.headers["range"] ?? "" }
        #expect(ranges == [""] + (1...9).map { "bytes=\($0 * 30_000)-" })
    }

    @Test("without a new byte it is given up, and what came stays")
    func cutForGood() async throws {
        let hub = try hub { request in
            request.isForStore ? (request.repetition == 0 ? .cut(after: 50_000) : .cut(after: 0)) : nil
        }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .interrupted(host: "localhost", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try fixture.incompleteByteCount() == 50_000)
    }

    @Test("a connection that stalls is given up and goes on")
    func stall() async throws {
        let hub = try hub { $0.isForStore && $0.repetition == 0 ? .stall(after: 100_000) : nil }
        var configuration = try fixture.configuration(hub)
        configuration.stallLimit = .milliseconds(300)
        let snapshot = try await HubClient(configuration).snapshot(of: repository)
        try fixture.expectComplete(snapshot, content)
        #expect(hub.requests.last { $0.isForStore }?.headers["range"] == "bytes=100000-")
    }

    @Test("a hub that says nothing")
    func silence() async throws {
        let hub = try hub { _ in .stall(after: 0) }
        var configuration = try fixture.configuration(hub)
        configuration.stallLimit = .milliseconds(50)
        configuration.attemptCount = 2
        let client = HubClient(configuration)
        await #expect(throws: HubError.stalled(host: "127.0.0.1", seconds: 0.05)) {
            try await client.snapshot(of: repository)
        }
    }

    @Test("no hub at all")
    func noHub() async throws {
        var configuration = HubConfiguration(cache: fixture.cache)
        configuration.endpoint = try #require(URL(string: "http://127.0.0.1:1"))
        let client = HubClient(configuration)
        let error = await #expect(throws: HubError.self) { try await client.snapshot(of: repository) }
        guard case .unreachable(host: "127.0.0.1", _, proxy: nil) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a server without ranges sends everything again")
    func noRanges() async throws {
        let requests = try await expectRecovery { request in
            request.isForStore ? (request.repetition == 0 ? .cut(after: 100_000) : .noRanges) : nil
        }
        #expect(requests.count { $0.isForStore } == 2)
    }

    @Test("a server without ranges that never gets further is given up")
    func neverFurther() async throws {
        let hub = try hub { $0.isForStore ? .cutWhole(after: 100_000) : nil }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .interrupted(host: "localhost", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(hub.requests.count { $0.isForStore } == 5)
    }

    @Test("a server that has no such range")
    func rangeRefused() async throws {
        let requests = try await expectRecovery { request in
            guard request.isForStore else { return nil }
            return request.repetition == 0 ? .cut(after: 100_000) : request.repetition == 1 ? .status(416) : nil
        }
        #expect(requests.last { $0.isForStore }?.headers["range"] == nil)
    }

    @Test("another range than was asked for is not taken")
    func wrongRange() async throws {
        _ = try await expectRecovery { request in
            guard request.isForStore else { return nil }
            switch request.repetition {
            case 0: return .cut(after: 100_000)
            case 1: return .headers(["Content-Range": "bytes 5-299999/300000"])
            default: return nil
            }
        }
    }

    // MARK: Content

    @Test("a damaged file is fetched again once", arguments: ["weights.bin", "config.json"])
    func damagedOnce(path: String) async throws {
        let name = try #require(content.files[path]).digest.blobName
        let requests = try await expectRecovery { request in
            (request.path.hasSuffix(name) || request.path.hasSuffix("config.json")) && request.repetition == 0
                ? .corrupt(at: 5) : nil
        }
        #expect(requests.count { $0.path.hasSuffix(name) } == (path == "weights.bin" ? 2 : 0))
    }

    @Test("a file that is damaged twice is not kept")
    func damagedTwice() async throws {
        let hub = try hub { $0.isForStore ? .corrupt(at: 123_456) : nil }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .damaged("weights.bin", let expected, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(expected == content.files["weights.bin"]?.digest)
        #expect(found != expected)
        #expect(hub.requests.count { $0.isForStore } == 2)
        #expect(try fixture.incompleteByteCount() == 0)
        #expect(try fixture.cache.snapshot(of: repository) == nil)
    }

    @Test("what an earlier download left is damaged: it is fetched again")
    func damagedLeftover() async throws {
        let places = try fixture.places
        let weights = try #require(content.files["weights.bin"])
        try FileSystem.makeFolder(places.blobs)
        try Data(repeating: 7, count: 1000).write(to: URL(filePath: places.incomplete(weights.digest)))
        let requests = try await expectRecovery { _ in nil }
        #expect(requests.filter(\.isForStore).map { $0.headers["range"] } == ["bytes=1000-", nil])
    }

    @Test("a leftover that is longer than the file is none of it")
    func longLeftover() async throws {
        let places = try fixture.places
        let weights = try #require(content.files["weights.bin"])
        try FileSystem.makeFolder(places.blobs)
        try Data(repeating: 7, count: 300_001).write(to: URL(filePath: places.incomplete(weights.digest)))
        let requests = try await expectRecovery { _ in nil }
        #expect(requests.filter(\.isForStore).map { $0.headers["range"] } == [nil])
    }

    @Test("a body of another length: a pointer in place of the file, a page of an error, too much")
    func wrongLength() async throws {
        let pointer = Array("version https://git-lfs.github.com/spec/v1\n".utf8)
        for body in [pointer, [], HubFixture.bytes(300_001)] {
            let hub = try hub { $0.isForStore ? .body(body) : nil }
            await #expect(throws: HubError.wrongLength(file: "weights.bin", expected: 300_000, found: body.count)) {
                try await fixture.client(hub).snapshot(of: repository)
            }
            #expect(try fixture.incompleteByteCount() == 0)
        }
    }

    @Test("a file that became shorter on the disk is fetched anew")
    func truncatedBlob() async throws {
        let hub = try hub { _ in nil }
        let client = try fixture.client(hub)
        _ = try await client.snapshot(of: repository)
        let blob = try fixture.places.blob(try #require(content.files["weights.bin"]).digest)
        #expect(unsafe truncate(blob, 1000) == 0)
        #expect(try fixture.cache.snapshot(of: repository) == nil)
        try fixture.expectComplete(try await client.snapshot(of: repository), content)
    }

    @Test("a byte that changed on the disk is found, and fetched anew when that is asked for")
    func corruptedBlob() async throws {
        let hub = try hub { _ in nil }
        let client = try fixture.client(hub)
        _ = try await client.snapshot(of: repository)
        let blob = try fixture.places.blob(try #require(content.files["weights.bin"]).digest)
        let file = try FileHandle(forUpdating: URL(filePath: blob))
        try file.seek(toOffset: 1234)
        try file.write(contentsOf: [0])
        try file.close()
        let results = try await fixture.cache.verify(repository)
        #expect(results.map(\.path) == ["config.json", "sub/folder/vocabulary.txt", "weights.bin"])
        #expect(results.map { $0.result == .good } == [true, true, false])
        let snapshot = try await client.snapshot(of: repository, isVerifying: true)
        try fixture.expectComplete(snapshot, content)
        #expect(try await fixture.cache.verify(repository).allSatisfy { $0.result == .good })
    }

    // MARK: Lies

    @Test("the hub names another content at the file than in the list")
    func otherTag() async throws {
        let hub = try hub { request in
            request.path.hasSuffix("weights.bin")
                ? .headers(["X-Linked-Etag": "\"\(String(repeating: "0", count: 64))\""]) : nil
        }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .unexpectedReply = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "paths that could leave the folder",
        arguments: [
            "../../../../escaped", "/etc/escaped", "a/../../escaped", "a//b", "./a", "a\\b", "a\u{0}b", "", "a/",
            "../\u{301}evil", "a/../\u{301}evil", "/\u{301}evil", String(repeating: "x", count: 300),
            "weights.bin/below",
        ])
    func unsafePaths(path: String) async throws {
        var content = content
        content.files[path] = LoopbackHub.Content("escaped")
        let hub = try LoopbackHub([repository.id: content])
        await #expect(throws: HubError.unsafePath(path)) { try await fixture.client(hub).snapshot(of: repository) }
        #expect(FileSystem.filesBelow(fixture.folder.path) == [])
    }

    @Test("a combining mark at the beginning of a name is harmless")
    func combiningMark() async throws {
        var content = content
        let paths = ["a/\u{301}b.txt", "a/\u{301}c/\u{301}d.txt"]
        for path in paths { content.files[path] = LoopbackHub.Content("harmless \(path)") }
        let hub = try LoopbackHub([repository.id: content])
        let snapshot = try await fixture.client(hub).snapshot(of: repository)
        for path in paths {
            let bytes = FileSystem.bytes(at: snapshot.folder.path + "/" + path, largest: 100)
            #expect(bytes.map { Array($0) } == content.files[path]?.bytes)
        }
        #expect(hub.requests.contains { $0.path.hasSuffix("/a/%CC%81b.txt") })
        #expect(try await fixture.cache.verify(repository).allSatisfy { $0.result == .good })
    }

    @Test("sizes that no file has, or that cannot be added up", arguments: [(Int.max, 2), (-1, 1), (1 << 50, 1025)])
    func impossibleSizes(size: Int, count: Int) async throws {
        let entries = (0..<count).map { index in
            "{\"rfilename\": \"\(index)\", \"size\": \(size), \"blobId\": \"\(String(repeating: "b", count: 40))\"}"
        }
        let list = "{\"sha\": \"\(content.commit)\", \"siblings\": [\(entries.joined(separator: ", "))]}"
        let hub = try hub { $0.isForList ? .body(Array(list.utf8)) : nil }
        await #expect(throws: HubError.impossibleSize(file: String(count == 1025 ? 1024 : 0))) {
            try await fixture.client(hub).snapshot(of: repository)
        }
        #expect(FileSystem.filesBelow(fixture.folder.path) == [])
    }

    @Test(
        "lists that are none",
        arguments: [
            "", "[]", "{", "{\"sha\": \"main\", \"siblings\": []}",
            "{\"sha\": \"../../../../../../../../../../../../../../\", \"siblings\": []}",
            "{\"sha\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"siblings\": [{\"rfilename\": \"a\"}]}",
            """
            {"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "siblings": [{"rfilename": "a", "size": 1, "blobId": "../a"}]}
            """,
            String(repeating: "[", count: 100_000),
        ])
    func badLists(text: String) async throws {
        let hub = try hub { $0.isForList ? .body(Array(text.utf8)) : nil }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .unexpectedReply = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(FileSystem.filesBelow(fixture.folder.path) == [])
    }

    @Test("a list that does not end is not kept in memory")
    func endlessList() async throws {
        let hub = try hub { $0.isForList ? .body([UInt8](repeating: 0x20, count: HubTree.largestByteCount + 1)) : nil }
        var configuration = try fixture.configuration(hub)
        configuration.attemptCount = 1
        let client = HubClient(configuration)
        await #expect(throws: HubError.interrupted(host: "127.0.0.1", reason: "the reply is too long")) {
            try await client.snapshot(of: repository)
        }
    }

    @Test("redirects without end, and to where files are read")
    func badRedirects() async throws {
        let endless = try hub { request in .status(302, ["Location": request.path]) }
        await #expect(throws: HubError.unexpectedReply(host: "127.0.0.1", reason: "more than 10 redirects")) {
            try await fixture.client(endless).snapshot(of: repository)
        }
        for location in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/x"] {
            let hub = try hub { _ in .status(302, ["Location": location]) }
            let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
            guard case .unexpectedReply = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
