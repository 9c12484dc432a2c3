import OmniCore
import OmniPipeline
import OmniTesting
import Synchronization
import Testing

/// A conversation at real pace, which no two times is the same, and its replay, which is.
@Suite(.timeLimit(.minutes(10))) struct ConversationReplayTests {
    private final class Notebook: Sendable {
        private let state = Mutex<[ConversationTick]>([])
        var ticks: [ConversationTick] { state.withLock { $0 } }
        func note(_ tick: ConversationTick) { state.withLock { $0.append(tick) } }
    }

    @Test(
        arguments: [
            "..SS..........", "SS..SS......S...........", "SS..........SSS..........SSSS.......",
            "SS.......SSSS..SSS......SS",
        ], [false, true])
    func replaysToTheSame(_ line: String, playsBeside: Bool) async throws {
        let notebook = Notebook()
        var scripted = ScriptedConversation("abcdefghijklm") {
            $0.transcribes = true
            $0.pace = .real
            $0.runAhead = .milliseconds(96)
            $0.onTick = { notebook.note($0) }
        }
        scripted.codec.playsBeside = playsBeside
        scripted.model = ScriptedModel(
            ScriptedStep.spelling("abcdefghijklm").map {
                ScriptedStep(text: $0.text, code: $0.code, delay: .milliseconds(3))
            })
        let sound = line.map { AudioChunk(ScriptedConversation.sound(String($0)), sampleRate: 16_000) }
        // Faster than it was spoken, so that answers come late.
        let microphone = Slow(chunks: sound, interval: .milliseconds(8))
        let live = try await sketch(scripted.makeSession().converse(listeningTo: microphone, options: scripted.options))
        #expect(live.hasSuffix(";") && live.contains("]"))

        scripted.options.pace = .replayed(notebook.ticks)
        scripted.options.onTick = nil
        #expect(try await sketch(scripted.begin(sound)) == live)
    }

    /// The ticks of a conversation at simulated pace.
    private func recorded(_ scripted: ScriptedConversation, _ line: String) async throws -> [ConversationTick] {
        let notebook = Notebook()
        var scripted = scripted
        scripted.options.onTick = { notebook.note($0) }
        _ = try await scripted.play(line)
        return notebook.ticks
    }

    /// Transcripts begin when nothing more urgent is under way; a trace says only when they were there.
    @Test func aTranscriptMayComeAtAnyTime() async throws {
        var scripted = ScriptedConversation("abc") { $0.transcribes = true }
        let line = "SS..........SS........"
        let ticks = try await recorded(scripted, line)
        let isTranscript = { (news: ConversationTick.News) in news.source == .transcript(0) }
        let first = try #require(ticks.first { $0.news.contains(where: isTranscript) }?.windowCount)
        for place in first...line.count {
            var moved = ticks
            var late: [ConversationTick.News] = []
            for index in moved.indices where moved[index].windowCount < place {
                late += moved[index].news.filter(isTranscript)
                moved[index].news.removeAll(where: isTranscript)
            }
            var tick = moved.last { $0.windowCount < place } ?? moved[0]
            (tick.windowCount, tick.news) = (place, late)
            moved.insert(tick, at: moved.firstIndex { $0.windowCount >= place } ?? moved.count)
            scripted.options.pace = .replayed(moved)
            let sketch = try await scripted.play(line)
            #expect(sketch.contains("\"abc\"") && sketch.hasSuffix(";"), "at window \(place): \(sketch)")
        }
    }

    @Test func aTraceOfSomethingElseFails() async throws {
        var scripted = ScriptedConversation("abc")
        let line = "SS............"
        var ticks = try await recorded(scripted, line)
        let index = try #require(ticks.firstIndex { !$0.news.isEmpty })
        ticks[index].news[0].count += 100
        scripted.options.pace = .replayed(ticks)
        await #expect(throws: OmniSessionError.traceDoesNotFit(windowCount: ticks[index].windowCount)) {
            try await scripted.play(line)
        }
    }

    /// Sound in intervals.
    private struct Slow: AsyncSequence, Sendable {
        typealias Element = AudioChunk
        let chunks: [AudioChunk]
        let interval: Duration

        struct AsyncIterator: AsyncIteratorProtocol {
            var iterator: IndexingIterator<[AudioChunk]>
            let interval: Duration

            mutating func next() async throws -> AudioChunk? {
                try await Task.sleep(for: interval)
                return iterator.next()
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(iterator: chunks.makeIterator(), interval: interval)
        }
    }
}
