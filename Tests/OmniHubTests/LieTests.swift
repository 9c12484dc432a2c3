import Foundation
import OmniTesting
import Testing

@testable import OmniHub

@Suite("A hub that lies")
struct LieTests {
    let faulty: FaultyHub
    private var fixture: HubFixture { faulty.fixture }
    private var repository: HubRepository { faulty.repository }
    private var content: LoopbackHub.Repository { faulty.content }

    init() throws { faulty = try FaultyHub() }

    @Test("the hub names another content at the file than in the list")
    func otherTag() async throws {
        let hub = try faulty.hub { request in
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
        let hub = try faulty.hub { $0.isForList ? .body(Array(list.utf8)) : nil }
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
            {"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
             "siblings": [{"rfilename": "a", "size": 1, "blobId": "../a"}]}
            """,
            String(repeating: "[", count: 100_000),
        ])
    func badLists(text: String) async throws {
        let hub = try faulty.hub { $0.isForList ? .body(Array(text.utf8)) : nil }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .unexpectedReply = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(FileSystem.filesBelow(fixture.folder.path) == [])
    }

    @Test("names of many combining marks are not compared with others")
    func marks() async throws {
        let marks = "e" + String(repeating: "\\u0301", count: 20_000) + String(repeating: "\\u0316", count: 20_000)
        let text = "{\"sha\": \"\(content.commit)\", \"siblings\": [], \"\(marks)\": 1}"
        let list = try #require(text.data(using: .utf8))
        let time = try processorTime {
            let error = try #require(throws: HubError.self) { try HubListing(list, host: "127.0.0.1") }
            guard case .unexpectedReply = error else {
                Issue.record("\(error)")
                return
            }
            let file = fixture.folder.appending(path: "tree.json")
            try Data("{\"format_version\": 1, \"files\": {\"\(marks)\": 1}}".utf8).write(to: file)
            #expect(HubTree(contentsOf: file.path) == nil)
        }
        #expect(time < .milliseconds(200))
    }

    @Test("a list that does not end is not kept in memory")
    func endlessList() async throws {
        let hub = try faulty.hub { request in
            request.isForList ? .body([UInt8](repeating: 0x20, count: HubTree.largestByteCount + 1)) : nil
        }
        var configuration = try fixture.configuration(hub)
        configuration.attemptCount = 1
        let client = HubClient(configuration)
        await #expect(throws: HubError.interrupted(host: "127.0.0.1", reason: "the reply is too long")) {
            try await client.snapshot(of: repository)
        }
    }

    @Test("redirects without end, and to where files are read")
    func badRedirects() async throws {
        let endless = try faulty.hub { request in .status(302, ["Location": request.path]) }
        await #expect(throws: HubError.unexpectedReply(host: "127.0.0.1", reason: "more than 10 redirects")) {
            try await fixture.client(endless).snapshot(of: repository)
        }
        for location in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/x"] {
            let hub = try faulty.hub { _ in .status(302, ["Location": location]) }
            let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
            guard case .unexpectedReply = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("a redirect with a name and a password: they are neither sent nor printed")
    func redirectWithSecrets() async throws {
        let other = try LoopbackHub()
        let hub = try faulty.hub { request in
            .status(302, ["Location": "http://me:secret@localhost:\(other.port)\(request.path)"])
        }
        await #expect(throws: HubError.self) { try await fixture.client(hub, token: "hf_x").snapshot(of: repository) }
        #expect(other.requests.count == 1 && other.requests.allSatisfy { $0.headers["authorization"] == nil })

        let closed = try faulty.hub { _ in .status(302, ["Location": "http://me:secret@127.0.0.1:1/secret"]) }
        let error = await #expect(throws: HubError.self) {
            try await fixture.client(closed).snapshot(of: repository)
        }
        let message = error?.description ?? ""
        #expect(message.hasPrefix("127.0.0.1 cannot be reached: "))
        #expect(!message.contains("secret") && !message.contains("@"), "\(message)")
    }

    @Test(
        "addresses in messages",
        arguments: [
            ("Could not resolve http://me:secret@proxy:3128/a", "Could not resolve http://proxy:3128"),
            ("https://host:8/a@b?c is bad", "https://host:8 is bad"), ("me:se/cret@host/x", "host"),
            ("no address", "no address"),
        ])
    func messagesWithAddresses(text: String, shown: String) {
        #expect(HubConfiguration.withoutSecrets(text) == shown)
    }
}
