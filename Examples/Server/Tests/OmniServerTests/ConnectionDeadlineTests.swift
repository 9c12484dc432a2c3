import NIOCore
import Testing

@testable import OmniServer

/// By when a connection must have made progress: no clock runs.
@Suite struct ConnectionDeadlineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000)
    private let limits = ConnectionDeadline.Limits()

    @Test func heads() {
        var progress = ConnectionDeadline(limits, now: start)
        #expect(progress.deadline == start + .seconds(10))
        progress.headEnded(at: start + .seconds(1))
        progress.requestEnded()
        // The client waits for the server.
        #expect(progress.deadline == nil)
        progress.responsesEnded(at: start + .seconds(5))
        #expect(progress.deadline == start + .seconds(65))
    }

    /// One byte each three seconds earns nothing; a slow upload goes on, but not for ever.
    @Test func bodies() {
        var progress = ConnectionDeadline(limits, now: start)
        progress.headEnded(at: start)
        for _ in 0..<3 { progress.bodyCame(byteCount: 1) }
        #expect(progress.deadline == start + .seconds(10))
        progress.bodyCame(byteCount: 4096 * 20)
        #expect(progress.deadline == start + .seconds(30))
        progress.bodyCame(byteCount: 16 << 20)
        #expect(progress.deadline == start + .seconds(300))
        #expect(progress.isInBody)
        progress.closing(until: start + .seconds(2))
        #expect(progress.deadline == start + .seconds(2) && !progress.isInBody)
    }
}

@Suite struct ConnectionTableTests {
    private final class Connection: Sendable {}

    @Test func limits() {
        let table = ConnectionTable(.init(total: 3, perClient: 2, reserve: 2))
        let connections = (0..<8).map { _ in Connection() }
        nonisolated(unsafe) var closed: [Int] = []
        func enter(_ index: Int, _ client: String?) -> ConnectionTable.Admission {
            table.enter(ObjectIdentifier(connections[index]), client: client) { unsafe closed.append(index) }
        }
        #expect(enter(0, "a") == .regular && enter(1, "a") == .regular)
        // The client has too many, then all have.
        #expect(enter(2, "a") == .reserve)
        #expect(enter(3, nil) == .regular && enter(4, "b") == .reserve)
        unsafe #expect(closed.isEmpty)
        // The oldest in the reserve goes.
        #expect(enter(5, "c") == .reserve)
        unsafe #expect(closed == [2])
        table.leave(ObjectIdentifier(connections[2]), client: "a", admission: .reserve)
        table.leave(ObjectIdentifier(connections[0]), client: "a", admission: .regular)
        #expect(enter(6, "a") == .regular && table.count == 3)
        table.leave(ObjectIdentifier(connections[4]), client: "b", admission: .reserve)
        #expect(enter(7, "b") == .reserve)
        unsafe #expect(closed == [2])
    }

    /// The limits fit the descriptors that the process may have.
    @Test(arguments: [32, 100, 256, 1024, 65_536]) func fromDescriptors(count: Int) {
        let limits = ServerConfiguration().connectionLimits(descriptorCount: count)
        #expect(limits.total >= 1 && limits.perClient >= 1 && limits.reserve >= 1 && limits.perClient <= limits.total)
        if count >= 256 { #expect(limits.total + limits.reserve + 64 <= count) }
        if count == 65_536 { #expect(limits == .init(total: 1024, perClient: 128, reserve: 32)) }
    }
}
