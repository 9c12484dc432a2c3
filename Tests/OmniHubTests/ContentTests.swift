import Foundation
import Testing

@testable import OmniHub

@Suite("Content that is damaged")
struct ContentTests {
    let faulty: FaultyHub
    private var fixture: HubFixture { faulty.fixture }
    private var repository: HubRepository { faulty.repository }
    private var content: LoopbackHub.Repository { faulty.content }

    init() throws { faulty = try FaultyHub() }

    @Test("a damaged file is fetched again once", arguments: ["weights.bin", "config.json"])
    func damagedOnce(path: String) async throws {
        let name = try #require(content.files[path]).digest.blobName
        let requests = try await faulty.expectRecovery { request in
            (request.path.hasSuffix(name) || request.path.hasSuffix("config.json")) && request.repetition == 0
                ? .corrupt(at: 5) : nil
        }
        #expect(requests.count { $0.path.hasSuffix(name) } == (path == "weights.bin" ? 2 : 0))
    }

    @Test("a file that is damaged twice is not kept")
    func damagedTwice() async throws {
        let hub = try faulty.hub { $0.isForStore ? .corrupt(at: 123_456) : nil }
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
        let requests = try await faulty.expectRecovery { _ in nil }
        #expect(requests.filter(\.isForStore).map { $0.headers["range"] } == ["bytes=1000-", nil])
    }

    @Test("a leftover that is longer than the file is none of it")
    func longLeftover() async throws {
        let places = try fixture.places
        let weights = try #require(content.files["weights.bin"])
        try FileSystem.makeFolder(places.blobs)
        try Data(repeating: 7, count: 300_001).write(to: URL(filePath: places.incomplete(weights.digest)))
        let requests = try await faulty.expectRecovery { _ in nil }
        #expect(requests.filter(\.isForStore).map { $0.headers["range"] } == [nil])
    }

    @Test("a body of another length: a pointer in place of the file, a page of an error, too much")
    func wrongLength() async throws {
        let pointer = Array("version https://git-lfs.github.com/spec/v1\n".utf8)
        for body in [pointer, [], HubFixture.bytes(300_001)] {
            let hub = try faulty.hub { $0.isForStore ? .body(body) : nil }
            await #expect(throws: HubError.wrongLength(file: "weights.bin", expected: 300_000, found: body.count)) {
                try await fixture.client(hub).snapshot(of: repository)
            }
            #expect(try fixture.incompleteByteCount() == 0)
        }
    }

    @Test("a file that became shorter on the disk is fetched anew")
    func truncatedBlob() async throws {
        let hub = try faulty.hub { _ in nil }
        let client = try fixture.client(hub)
        _ = try await client.snapshot(of: repository)
        let blob = try fixture.places.blob(try #require(content.files["weights.bin"]).digest)
        #expect(unsafe truncate(blob, 1000) == 0)
        #expect(try fixture.cache.snapshot(of: repository) == nil)
        try fixture.expectComplete(try await client.snapshot(of: repository), content)
    }

    @Test("a byte that changed on the disk is found, and fetched anew when that is asked for")
    func corruptedBlob() async throws {
        let hub = try faulty.hub { _ in nil }
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
}
