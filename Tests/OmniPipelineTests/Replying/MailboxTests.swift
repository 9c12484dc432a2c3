import Testing

@testable import OmniPipeline

/// A mailbox of numbers with room for two.
@Suite(.timeLimit(.minutes(1))) struct MailboxTests {
    private struct Numbers: MailboxContent {
        var numbers = Queue<Int>()
        var isClosed = false

        var hasRoom: Bool { isClosed || numbers.count < 2 }

        mutating func take() -> Int? { numbers.popFirst() ?? (isClosed ? -1 : nil) }
    }

    @Test func outputInOrder() async {
        let mailbox = Mailbox(Numbers())
        for number in 0..<3 { mailbox.post { $0.numbers.append(number) } }
        for number in 0..<3 { #expect(await mailbox.next() == number) }
        #expect(mailbox.takeNow() == nil)
    }

    @Test func aConsumerThatWaitsIsResumed() async throws {
        let mailbox = Mailbox(Numbers())
        let consumer = Task { await mailbox.next() }
        #expect(try await eventually { mailbox.isConsumerWaiting })
        mailbox.post { $0.numbers.append(7) }
        #expect(await consumer.value == 7)
        #expect(!mailbox.isConsumerWaiting)
    }

    /// A producer waits until something is taken, until the mailbox is closed, or until its task is cancelled.
    @Test(arguments: ["taken", "closed", "cancelled", "cancelled before"])
    func producersWait(_ reason: String) async throws {
        let mailbox = Mailbox(Numbers())
        for number in 0..<2 { mailbox.post { $0.numbers.append(number) } }
        let producers = (0..<3).map { _ in Task { await mailbox.waitForRoom() } }
        if reason != "cancelled before" { #expect(try await eventually { mailbox.isProducerWaiting }) }
        switch reason {
        case "taken": #expect(await mailbox.next() == 0)
        case "closed": mailbox.change { $0.isClosed = true }
        default: for producer in producers { producer.cancel() }
        }
        for producer in producers { await producer.value }
        #expect(!mailbox.isProducerWaiting)
        #expect(mailbox.read(\.numbers.count) == (reason == "taken" ? 1 : 2))
    }

    /// Each side's observer is told of the other side alone.
    @Test func observers() async throws {
        let (posts, takes) = (StepCounter(), StepCounter())
        let mailbox = Mailbox(Numbers(), onPost: { posts.count() }, onTake: { takes.count() })
        mailbox.post { $0.numbers.append(1) }
        mailbox.change { $0.numbers.append(2) }
        #expect(posts.value == 1 && takes.value == 0)
        _ = mailbox.takeNow()
        #expect(takes.value == 0)
        _ = await mailbox.next()
        mailbox.withdraw { $0.isClosed = true }
        #expect(posts.value == 1 && takes.value == 2)
    }

    @Test func twoConsumersAreAFault() async {
        await #expect(processExitsWith: .failure) {
            let mailbox = Mailbox(Numbers())
            async let first = mailbox.next()
            async let second = mailbox.next()
            _ = await (first, second)
        }
    }
}
