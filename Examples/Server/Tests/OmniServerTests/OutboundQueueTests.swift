import Testing

@testable import OmniServer

/// Messages on their way to a client who may not read.
@Suite(.timeLimit(.minutes(1))) struct OutboundQueueTests {
    private func text(_ message: OutboundQueue.Message?) -> String? {
        switch message {
        case .text(let text)?: text
        case .ping?: "[ping]"
        case .pong?: "[pong]"
        case .close(let code, _)?: "[\(code)]"
        case nil: nil
        }
    }

    private let large = String(repeating: "a", count: OutboundQueue.comfortableByteCount)

    @Test func inOrderToTheLast() async {
        let queue = OutboundQueue()
        for message: OutboundQueue.Message in [.text("a"), .ping, .close(1000, ""), .text("b")] { queue.put(message) }
        for expected in ["a", "[ping]", "[1000]", nil, nil] { #expect(text(await queue.next()) == expected) }
    }

    @Test func whoDoesNotReadIsLetGo() async {
        let queue = OutboundQueue()
        for _ in 0..<20 { queue.put(.text(large)) }
        #expect(text(await queue.next()) == "[1008]")
        #expect(text(await queue.next()) == nil)
        await queue.waitForRoom()
    }

    /// Many small messages are no more work than their number, and as much as large ones.
    @Test func manySmallMessages() async {
        let queue = OutboundQueue()
        let start = ContinuousClock.now
        for _ in 0..<50_000 { queue.put(.pong([])) }
        for _ in 0..<50_000 { #expect(text(await queue.next()) == "[pong]") }
        #expect(ContinuousClock.now - start < .seconds(20))
        for _ in 0..<100_000 { queue.put(.pong([])) }
        #expect(text(await queue.next()) == "[1008]")
    }

    /// A producer waits: until something is taken, until the consumer has left, or until its task is cancelled.
    @Test(arguments: ["taken", "abandoned", "cancelled", "cancelled before"]) func waitsForRoom(_ reason: String) async
    {
        let queue = OutboundQueue()
        queue.put(.text(large))
        let maker = Task { await queue.waitForRoom() }
        if reason != "cancelled before" { await Task.yield() }
        switch reason {
        case "taken": #expect(text(await queue.next()) == large)
        case "abandoned": queue.abandon()
        default: maker.cancel()
        }
        await maker.value
        if reason.hasPrefix("cancelled") {
            // The next one still waits, and is let go by who takes.
            let next = Task { await queue.waitForRoom() }
            #expect(text(await queue.next()) == large)
            await next.value
        }
    }
}
