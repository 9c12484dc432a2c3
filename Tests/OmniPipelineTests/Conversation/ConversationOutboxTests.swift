import OmniCore
import Testing

@testable import OmniPipeline

/// What waits for the consumer of a conversation.
@Suite struct ConversationOutboxTests {
    private func take(_ outbox: inout ConversationOutbox) -> [ConversationEvent] {
        var events: [ConversationEvent] = []
        while case .event(let event)? = outbox.take() { events.append(event) }
        return events
    }

    /// Of a reply that is interrupted nothing is left but its end, which comes behind the interruption.
    @Test func theEndOfAnInterruptedReplyIsKept() {
        let (reply, other) = (ReplyID(index: 0), ReplyID(index: 1))
        var outbox = ConversationOutbox()
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.ending = .completed
        outbox.put(.reply(other, .text("b")))
        outbox.put(.reply(reply, .audio(AudioChunk([0], sampleRate: 1000))))
        outbox.put(.reply(reply, .finished(metrics)))
        outbox.drop(reply)
        outbox.put(.replyInterrupted(Interruption(reply: reply, heard: .zero, text: "", speech: nil)))
        outbox.put(.reply(other, .text("c")))
        let events = take(&outbox)
        #expect(events.map(\.sketch).joined() == "b!0 xc")
        guard case .reply(reply, .finished(let found))? = events.dropFirst(2).first else {
            Issue.record("\(events)")
            return
        }
        #expect(found.ending == .interrupted)
    }

    /// Of a reply whose end is still to come nothing is left.
    @Test func aReplyThatHasNotEndedIsDropped() {
        let reply = ReplyID(index: 0)
        var outbox = ConversationOutbox()
        outbox.put(.reply(reply, .text("a")))
        outbox.drop(reply)
        outbox.put(.replyInterrupted(Interruption(reply: reply, heard: .zero, text: "", speech: nil)))
        #expect(take(&outbox).map(\.sketch).joined() == "!0 ")
        outbox.finish(nil)
        guard case .end(nil)? = outbox.take() else {
            Issue.record("the end is missing")
            return
        }
    }
}
