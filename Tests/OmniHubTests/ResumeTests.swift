import Foundation
import Testing

@testable import OmniHub

@Suite("Downloads that are interrupted")
struct ResumeTests {
    let fixture: HubFixture
    let repository: HubRepository

    init() throws {
        fixture = try HubFixture()
        repository = try HubFixture.repository()
    }

    /// Waits until something holds.
    private func wait(for condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "nothing happens")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test("cancellation ends it at once and leaves what came", .timeLimit(.minutes(2)))
    func cancellation() async throws {
        let content = HubFixture.content(largeByteCount: 4_000_000)
        let sent = 200_000
        let hub = try LoopbackHub([repository.id: content]) { request in
            request.isForStore && request.repetition == 0 ? .stall(after: sent) : nil
        }
        let client = try fixture.client(hub)
        let task = Task { try await client.snapshot(of: repository) }
        // The hub sends no more than this, so the download cannot become whole before it is cancelled.
        try await wait { try fixture.incompleteByteCount() == sent }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try fixture.incompleteByteCount() == sent)
        try fixture.expectComplete(try await client.snapshot(of: repository), content)
        #expect(hub.requests.last { $0.isForStore }?.headers["range"] == "bytes=\(sent)-")
        #expect(hub.requests.count { $0.isForList } == 2)
    }

    @Test("cancellation while the hub says nothing, and while another process downloads", .timeLimit(.minutes(1)))
    func cancellationWhileWaiting() async throws {
        let content = HubFixture.content()
        let silent = try LoopbackHub([repository.id: content]) { _ in .stall(after: 0) }
        let client = try fixture.client(silent)
        let task = Task { try await client.snapshot(of: repository) }
        try await wait { !silent.requests.isEmpty }
        // Neither the hub nor the lock ever lets them go on: only the cancellation ends them.
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }

        let hub = try LoopbackHub([repository.id: content])
        let lockPath = try fixture.places.lock(#require(content.files["config.json"]).digest)
        try FileSystem.makeFolder(FileSystem.folder(of: lockPath))
        let lock = try #require(try FileLock(trying: lockPath))
        let waiting = try fixture.client(hub)
        let second = Task { try await waiting.snapshot(of: repository) }
        try await wait { !hub.requests.isEmpty }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        withExtendedLifetime(lock) {}
    }

    @Test(
        "killed 20 times, it goes on each time and ends with the same bytes", .enabled(if: ChildProcess.isPossible),
        .timeLimit(.minutes(5)))
    func kill() async throws {
        let (size, step) = (6_000_000, 280_000)
        let content = HubFixture.content(largeByteCount: size)
        let hub = try LoopbackHub([repository.id: content]) { request in
            request.isForStore && request.repetition < 20 ? .stall(after: step) : nil
        }
        for round in 1...20 {
            let process = try ChildProcess.start(hub.endpoint, fixture.cache)
            try await wait { try fixture.incompleteByteCount() == round * step }
            Foundation.kill(process.processIdentifier, SIGKILL)
            #expect(await ChildProcess.status(of: process) == SIGKILL)
            #expect(try fixture.cache.snapshot(of: repository) == nil)
        }
        let process = try ChildProcess.start(hub.endpoint, fixture.cache)
        #expect(await ChildProcess.status(of: process) == 0)
        try fixture.expectComplete(#require(try fixture.cache.snapshot(of: repository)), content)
        let ranges = hub.requests.filter(\.isForStore).map { $0.headers["range"] }
        #expect(ranges == [nil] + (1...20).map { "bytes=\($0 * step)-" })
    }

    @Test(
        "two processes at once: one downloads, both find everything", .enabled(if: ChildProcess.isPossible),
        .timeLimit(.minutes(2)))
    func twoProcesses() async throws {
        let content = HubFixture.content()
        let gate = DispatchSemaphore(value: 0)
        let hub = try LoopbackHub([repository.id: content]) { request in
            if request.isForStore { gate.wait() }
            return nil
        }
        let processes = try (0..<2).map { _ in try ChildProcess.start(hub.endpoint, fixture.cache) }
        try await wait { hub.requests.contains { $0.isForStore } }
        #expect(throws: HubError.busy(repository)) { try fixture.cache.remove(repository) }
        gate.signal()
        for process in processes { #expect(await ChildProcess.status(of: process) == 0) }
        try fixture.expectComplete(#require(try fixture.cache.snapshot(of: repository)), content)
        #expect(hub.requests.count { $0.isForStore } == 1)
    }

    @Test("two tasks of a process at once")
    func twoTasks() async throws {
        let content = HubFixture.content(largeByteCount: 2_000_000)
        let hub = try LoopbackHub([repository.id: content])
        let clients = try [fixture.client(hub), fixture.client(hub)]
        async let first = clients[0].snapshot(of: repository)
        async let second = clients[1].snapshot(of: repository)
        #expect(try await first == second)
        try fixture.expectComplete(try await first, content)
        #expect(hub.requests.count { $0.isForStore } == 1)
    }

    @Test(
        "proxies of the environment are used, and not for hosts that NO_PROXY names",
        .enabled(if: ChildProcess.isPossible))
    func proxies() async throws {
        let content = HubFixture.content()
        let hub = try LoopbackHub([repository.id: content])
        let proxy = try LoopbackHub { _ in .status(407) }
        for (noProxy, status) in [("", Int32(1)), ("127.0.0.1,localhost", 0)] {
            let process = try ChildProcess.start(
                hub.endpoint, fixture.cache, environment: ["http_proxy": proxy.endpoint, "no_proxy": noProxy])
            #expect(await ChildProcess.status(of: process) == status)
        }
        #expect(proxy.requests.first?.path.hasPrefix("http://127.0.0.1:\(hub.port)/api/models/") == true)
        #expect(!hub.requests.isEmpty)
    }
}
