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

    @Test(arguments: [
        "..SS..........", "SS..SS......S...........", "SS..........SSS..........SSSS.......",
        "SS.......SSSS..SSS......SS",
    ])
    func replaysToTheSame(_ line: String) async throws {
        let notebook = Notebook()
        var scripted = ScriptedConversation("abcdefghijklm") {
            $0.transcribes = true
            $0.pace = .real
            $0.onTick = { notebook.note($0) }
        }
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
