import OmniCore
import OmniPipeline
import OmniTesting
import Synchronization
import Testing

/// A conversation at real pace, which no two times is the same, and its replay, which is.
@Suite(.timeLimit(.minutes(10))) struct ConversationReplayTests {
    private final class Notebook: Sendable {
        private let state = Mutex<[ReplayTrace.Entry]>([])
        var entries: [ReplayTrace.Entry] { state.withLock { $0 } }
        func note(_ entry: ReplayTrace.Entry) { state.withLock { $0.append(entry) } }
    }

    @Test(
        arguments: [
            "..SS..........", "SS..SS......S...........", "SS..........SSS..........SSSS.......",
            "SS.......SSSS..SSS......SS",
        ], [false, true])
    func replaysToTheSame(_ line: String, isConcurrent: Bool) async throws {
        let notebook = Notebook()
        var scripted = ScriptedConversation("abcdefghijklm") {
            $0.transcribes = true
            $0.pace = .real
            $0.runAhead = .milliseconds(96)
            $0.onReplayEntry = { notebook.note($0) }
        }
        scripted.codec.isConcurrent = isConcurrent
        scripted.model = ScriptedModel(
            ScriptedStep.spelling("abcdefghijklm").map {
                ScriptedStep(text: $0.text, code: $0.code, delay: .milliseconds(3))
            })
        let audio = line.map { AudioChunk(ScriptedConversation.audio(String($0)), sampleRate: 16_000) }
        // Faster than it was spoken, so that answers come late.
        let microphone = Slow(chunks: audio, interval: .milliseconds(8))
        let live = try await sketch(scripted.makeSession().converse(listeningTo: microphone, options: scripted.options))
        #expect(live.hasSuffix(";") && live.contains("]"))

        scripted.options.pace = .replayed(ReplayTrace(notebook.entries))
        scripted.options.onReplayEntry = nil
        #expect(try await sketch(scripted.begin(audio)) == live)
    }

    /// The entries of a conversation at simulated pace.
    private func recorded(_ scripted: ScriptedConversation, _ line: String) async throws -> [ReplayTrace.Entry] {
        let notebook = Notebook()
        var scripted = scripted
        scripted.options.onReplayEntry = { notebook.note($0) }
        _ = try await scripted.play(line)
        return notebook.entries
    }

    /// Transcripts begin when nothing more urgent is under way; a trace says only when they were there.
    @Test func aTranscriptMayComeAtAnyTime() async throws {
        var scripted = ScriptedConversation("abc") { $0.transcribes = true }
        let line = "SS..........SS........"
        let entries = try await recorded(scripted, line)
        let isTranscript = { (pieces: ReplayTrace.Pieces) in pieces.source == .transcript(0) }
        let first = try #require(entries.first { $0.pieces.contains(where: isTranscript) }?.windowCount)
        for place in first...line.count {
            var moved = entries
            var late: [ReplayTrace.Pieces] = []
            for index in moved.indices where moved[index].windowCount < place {
                late += moved[index].pieces.filter(isTranscript)
                moved[index].pieces.removeAll(where: isTranscript)
            }
            var entry = moved.last { $0.windowCount < place } ?? moved[0]
            (entry.windowCount, entry.pieces) = (place, late)
            moved.insert(entry, at: moved.firstIndex { $0.windowCount >= place } ?? moved.count)
            scripted.options.pace = .replayed(ReplayTrace(moved))
            let sketch = try await scripted.play(line)
            #expect(sketch.contains("\"abc\"") && sketch.hasSuffix(";"), "at window \(place): \(sketch)")
        }
    }

    @Test func aTraceOfSomethingElseFails() async throws {
        var scripted = ScriptedConversation("abc")
        let line = "SS............"
        var entries = try await recorded(scripted, line)
        let index = try #require(entries.firstIndex { !$0.pieces.isEmpty })
        for count in [100, -1, .min] {
            entries[index].pieces[0].count = count
            scripted.options.pace = .replayed(ReplayTrace(entries))
            await #expect(throws: OmniSessionError.traceDoesNotFit(windowCount: entries[index].windowCount)) {
                try await scripted.play(line)
            }
        }
    }

    /// Of audio that ends before the trace does, or in which nothing is to be waited for, the replay ends as well.
    @Test(arguments: ["SS......", "SS", ""]) func aTraceOfLongerAudioFails(line: String) async throws {
        var scripted = ScriptedConversation("abcdefghijklm")
        let entries = try await recorded(scripted, "SS..................")
        let first = try #require(entries.first { $0.windowCount > line.count + 1 })
        scripted.options.pace = .replayed(ReplayTrace(entries))
        await #expect(throws: OmniSessionError.traceDoesNotFit(windowCount: first.windowCount)) {
            try await scripted.play(line)
        }
    }

    /// Audio in intervals.
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
