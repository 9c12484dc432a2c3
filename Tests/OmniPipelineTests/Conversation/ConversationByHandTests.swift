import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// What is done about a conversation from outside. Audio comes step by step, and events are awaited in between.
@Suite(.timeLimit(.minutes(10))) struct ConversationByHandTests {
    /// A conversation whose audio and events a test takes turns with.
    private struct Bench {
        let scripted: ScriptedConversation
        let conversation: Conversation
        private let microphone: AsyncStream<AudioChunk>.Continuation
        private var iterator: Conversation.AsyncIterator

        init(_ answer: String, change: (inout ConversationOptions) -> Void = { _ in }) {
            scripted = ScriptedConversation(answer, change: change)
            let (stream, continuation) = AsyncStream.makeStream(of: AudioChunk.self)
            microphone = continuation
            conversation = scripted.makeSession().converse(listeningTo: stream, options: scripted.options)
            iterator = conversation.makeAsyncIterator()
        }

        func hear(_ line: String) {
            microphone.yield(AudioChunk(ScriptedConversation.audio(line), sampleRate: 16_000))
        }

        func hangUp() { microphone.finish() }

        /// Takes as many events as the expected text has.
        mutating func events(until expected: String) async throws -> String {
            var text = ""
            while text.count < expected.count, let event = try await iterator.next() { text += event.sketch }
            return text
        }

        /// Takes events until so many windows were heard; anything else is unexpected.
        mutating func windows(_ count: Int) async throws { try await expect(String(repeating: ".", count: count)) }

        mutating func expect(_ expected: String) async throws {
            let found = try await events(until: expected)
            #expect(found == expected)
        }
    }

    /// Push to talk: whatever is heard, a turn is over when it is said to be.
    @Test func turnsThatAreEndedByHand() async throws {
        var bench = Bench("ab") {
            $0.turns = nil; $0.voiceActivity = nil; $0.reportsWindows = true
        }
        bench.hear("S")
        // 20 ms a window, with what is left of 32.
        try await bench.expect(".")
        bench.conversation.commit()
        try await bench.expect("](5)ab11.")
        bench.hear("SSSS")
        bench.hangUp()
        let rest = try await bench.events(until: "......../;")
        #expect(rest.filter { $0 != "." } == "/;")
        let asked = bench.scripted.model.asked
        #expect(asked.count == 1)
    }

    @Test func aTurnThatIsCommittedEarly() async throws {
        var bench = Bench("ab")
        bench.hear(".S")
        try await bench.expect("[")
        bench.conversation.commit()
        try await bench.expect("](5)ab11.")
        bench.hear("....")
        try await bench.expect("/")
        // Nothing to commit.
        bench.conversation.commit()
        bench.hear("SS....")
        try await bench.expect("[?](5)ab11.")
    }

    @Test func aTurnThatIsForgotten() async throws {
        var bench = Bench("ab")
        bench.hear(".SS..")
        try await bench.expect("[?")
        bench.conversation.clear()
        try await bench.expect("x-")
        bench.hear("....SS....")
        try await bench.expect("[?](5)ab11.")
    }

    @Test func repliesOnRequest() async throws {
        var bench = Bench("ab") { $0.respondsToTurns = false }
        bench.conversation.respond()
        try await bench.expect("W")
        bench.hear(".SS....")
        try await bench.expect("[]")
        bench.conversation.respond()
        try await bench.expect("(5)ab11.")
        bench.hear("....")
        try await bench.expect("/")
        bench.conversation.respond()
        try await bench.expect("(5)ab11.")
        #expect(bench.scripted.model.asked.count == 2)
    }

    @Test func aWrittenQuestion() async throws {
        var bench = Bench("ab")
        bench.conversation.respond(to: "hey")
        try await bench.expect("(5)ab11.")
        let asked = try #require(bench.scripted.model.asked.first)
        #expect(asked.mode == .textToSpeech)
        // It can be spoken over.
        bench.hear("S")
        try await bench.expect("p0")
        bench.hear("..")
        try await bench.expect("r")
        bench.hear("..")
        try await bench.expect("/")
    }

    @Test func aReplyThatIsStopped() async throws {
        var bench = Bench("abcdef")
        bench.hear("SS....")
        try await bench.expect("[?](5)ab1c1d1e1f11.")
        bench.hear("...")
        bench.conversation.interrupt()
        // Three frames were heard when the command came, or fewer: it does not wait for audio.
        let interruption = try await bench.events(until: "!0 ")
        #expect(interruption.hasPrefix("!"))
        // And there is nothing more to stop.
        bench.conversation.interrupt()
        bench.hear("SS....")
        try await bench.expect("[?](5)ab1c1d1e1f11.")
    }

    @Test func aPlayerSaysWhatWasHeard() async throws {
        var bench = Bench("abcdef")
        bench.hear("SS....")
        try await bench.expect("[?](5)ab1c1d1e1f11.")
        bench.hear("......")
        try await bench.expect("/")
        bench.conversation.truncate(ReplyID(index: 0), heard: .milliseconds(40))
        try await bench.expect("t1ab ")
        bench.conversation.truncate(ReplyID(index: 7), heard: .milliseconds(40))
        bench.hear("SS....")
        try await bench.expect("[?](5)ab1c1d1e1f11.")
        bench.conversation.truncate(ReplyID(index: 1), heard: .milliseconds(70))
        try await bench.expect("!0 ")
        bench.hangUp()
        try await bench.expect(";")
    }

    @Test func turnsAreFoundOtherwiseFromHereOn() async throws {
        var bench = Bench("ab") { $0.reportsWindows = true }
        bench.conversation.change(nil)
        bench.hear("SS..")
        try await bench.windows(4)
        bench.conversation.commit()
        try await bench.expect("](5)ab11.")
        bench.hear("..")
        try await bench.expect("../")
        bench.conversation.change(TurnTimeline.settings)
        bench.hear("SS....")
        try await bench.expect("[...?..].(5)ab11.")
    }
}
