import Foundation
import Testing

@testable import OmniHub

@Suite("Connections that fail")
struct ConnectionTests {
    let faulty: FaultyHub
    private var fixture: HubFixture { faulty.fixture }
    private var repository: HubRepository { faulty.repository }
    private var content: LoopbackHub.Repository { faulty.content }

    init() throws { faulty = try FaultyHub() }

    @Test("a connection that ends early goes on where it ended, as often as it takes")
    func cut() async throws {
        let requests = try await faulty.expectRecovery { request in
            request.isForStore && request.repetition < 9 ? .cut(after: 30_000) : nil
        }
        let ranges = requests.filter(\.isForStore).map { $0.headers["range"] ?? "" }
        #expect(ranges == [""] + (1...9).map { "bytes=\($0 * 30_000)-" })
    }

    @Test("without a new byte it is given up, and what came stays")
    func cutForGood() async throws {
        let hub = try faulty.hub { request in
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
        let hub = try faulty.hub { $0.isForStore && $0.repetition == 0 ? .stall(after: 100_000) : nil }
        var configuration = try fixture.configuration(hub)
        configuration.stallLimit = .milliseconds(300)
        let snapshot = try await HubClient(configuration).snapshot(of: repository)
        try fixture.expectComplete(snapshot, content)
        #expect(hub.requests.last { $0.isForStore }?.headers["range"] == "bytes=100000-")
    }

    /// The slow head would last for 10 s.
    @Test(
        "a hub that says nothing, and one whose head never ends",
        arguments: [LoopbackHub.Fault.stall(after: 0), .slowHead(lineCount: 500, microseconds: 20_000)])
    func silence(_ fault: LoopbackHub.Fault) async throws {
        let hub = try faulty.hub { _ in fault }
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
        let requests = try await faulty.expectRecovery { request in
            request.isForStore ? (request.repetition == 0 ? .cut(after: 100_000) : .noRanges) : nil
        }
        #expect(requests.count { $0.isForStore } == 2)
    }

    @Test("a server without ranges that never gets further is given up")
    func neverFurther() async throws {
        let hub = try faulty.hub { $0.isForStore ? .cutWhole(after: 100_000) : nil }
        let error = await #expect(throws: HubError.self) { try await fixture.client(hub).snapshot(of: repository) }
        guard case .interrupted(host: "localhost", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(hub.requests.count { $0.isForStore } == 5)
    }

    @Test("a server that has no such range")
    func rangeRefused() async throws {
        let requests = try await faulty.expectRecovery { request in
            guard request.isForStore else { return nil }
            return request.repetition == 0 ? .cut(after: 100_000) : request.repetition == 1 ? .status(416) : nil
        }
        #expect(requests.last { $0.isForStore }?.headers["range"] == nil)
    }

    @Test("another range than was asked for is not taken")
    func wrongRange() async throws {
        _ = try await faulty.expectRecovery { request in
            guard request.isForStore else { return nil }
            switch request.repetition {
            case 0: return .cut(after: 100_000)
            case 1: return .headers(["Content-Range": "bytes 5-299999/300000"])
            default: return nil
            }
        }
    }
}
