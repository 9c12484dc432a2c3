import Foundation
import Testing

@testable import OmniHub

@Suite("A hub that refuses")
struct RefusalTests {
    let faulty: FaultyHub
    private var fixture: HubFixture { faulty.fixture }
    private var repository: HubRepository { faulty.repository }
    private var content: LoopbackHub.Repository { faulty.content }

    init() throws { faulty = try FaultyHub() }

    @Test("no such repository, private or not")
    func noSuchRepository() async throws {
        let hub = try faulty.hub { _ in nil }
        let other = try HubRepository("other/missing")
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
        let hub = try faulty.hub { _ in nil }
        await #expect(throws: HubError.noSuchRevision(repository, revision: "v9")) {
            try await fixture.client(hub).snapshot(of: repository, revision: "v9")
        }
    }

    @Test("a gated repository, at the list or at the file", arguments: [401, 403])
    func gated(status: Int) async throws {
        for isList in [true, false] {
            let hub = try faulty.hub { request in
                request.isForList == isList ? .status(status, ["X-Error-Code": "GatedRepo"]) : nil
            }
            await #expect(throws: HubError.gated(repository, hasToken: false)) {
                try await fixture.client(hub).snapshot(of: repository)
            }
        }
    }

    @Test("a token that the hub does not accept")
    func badToken() async throws {
        let hub = try faulty.hub { _ in
            .status(401, ["X-Error-Message": "Invalid credentials in Authorization header"])
        }
        await #expect(throws: HubError.tokenRefused(host: "127.0.0.1")) {
            try await fixture.client(hub, token: "hf_old").snapshot(of: repository)
        }
    }

    @Test("a file that the list has and the hub has not")
    func lostFile() async throws {
        let hub = try faulty.hub { $0.isForFile ? .status(404, ["X-Error-Code": "EntryNotFound"]) : nil }
        await #expect(
            throws: HubError.noSuchFile(repository, revision: content.commit, pattern: "config.json")
        ) {
            try await fixture.client(hub).snapshot(of: repository)
        }
    }

    @Test("statuses that pass are asked again", arguments: [408, 429, 500, 502, 503, 504])
    func passing(status: Int) async throws {
        _ = try await faulty.expectRecovery { $0.repetition == 0 ? .status(status) : nil }
    }

    @Test("a wait that the server asks for is kept and reported, at the list and at a file")
    func retryAfter() async throws {
        let start = ContinuousClock.now
        let hub = try faulty.hub { request in
            guard request.repetition == 0, request.isForList || request.isForStore else { return nil }
            return .status(429, ["Retry-After": "1"])
        }
        let reports = Record<HubProgress>()
        let snapshot = try await fixture.client(hub).snapshot(of: repository) { reports.add($0) }
        try fixture.expectComplete(snapshot, content)
        #expect(reports.values.compactMap(\.requestedWait) == [.seconds(1), .seconds(1)])
        #expect(reports.values.last?.requestedWait == nil)
        #expect(ContinuousClock.now - start >= .seconds(2))
    }

    @Test("a wait until a date is one by the server's clock")
    func retryAfterADate() async throws {
        let hub = try faulty.hub { request in
            guard request.repetition == 0, request.isForList else { return nil }
            return .status(
                503, ["Retry-After": "Sun, 06 Nov 1994 08:49:38 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"])
        }
        let reports = Record<HubProgress>()
        _ = try await fixture.client(hub).snapshot(of: repository) { reports.add($0) }
        #expect(reports.values.compactMap(\.requestedWait) == [.seconds(1)])
    }

    @Test(
        "the forms of a date",
        arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func dates(text: String) {
        #expect(HTTPDate.parse(text)?.timeIntervalSince1970 == 784_111_777)
    }

    @Test("what is no date", arguments: ["", "soon", "Sun, 06 Nov 1994", "06 Nov 1994 08:49:37 GMT"])
    func noDates(text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test("statuses that do not pass are given up after five attempts")
    func lasting() async throws {
        let hub = try faulty.hub { $0.isForList ? .status(503, ["X-Error-Message": "sleeping"]) : nil }
        await #expect(throws: HubError.refused(host: "127.0.0.1", status: 503, message: "sleeping")) {
            try await fixture.client(hub).snapshot(of: repository)
        }
        #expect(hub.requests.count == 5)
    }

    @Test("an old address of the store is asked for anew at the hub")
    func oldAddress() async throws {
        let requests = try await faulty.expectRecovery { $0.isForStore && $0.repetition == 0 ? .status(403) : nil }
        #expect(requests.count { $0.path.hasSuffix("weights.bin") } == 2)
    }
}
