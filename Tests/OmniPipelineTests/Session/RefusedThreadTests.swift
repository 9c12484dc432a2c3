import CRefusedThreads
import Foundation
import OmniCore
import OmniTesting
import Testing

@testable import OmniPipeline

/// A system that starts no more threads, as in a container that has as many as are allowed: errors, and no waiting for
/// ever.
@Suite(.enabled(if: refused_threads_are_available())) struct RefusedThreadTests {
    /// Does not suspend: the refusal is the calling thread's.
    private func refusing<Result>(_ body: () throws -> Result) rethrows -> Result {
        refuse_threads(true)
        defer { refuse_threads(false) }
        return try body()
    }

    private let refusal = DedicatedThreadError(code: EAGAIN)

    @Test func aThread() {
        #expect(throws: refusal) { try refusing { try DedicatedThread.start(name: "test") {} } }
        #expect(refusing { DedicatedThread.room(upTo: 4) } == 0)
        #expect(DedicatedThread.room(upTo: 4) == 4)
    }

    @Test func anExecutorThatIsHeldBeforehand() async throws {
        let executor = InferenceExecutor(name: "omni.test")
        #expect(throws: refusal) { try refusing { try executor.hold() } }
        // The next attempt has a thread.
        let hold = try executor.hold()
        let answer = Task(executorPreference: executor) { executor.isCurrent }
        #expect(await answer.value)
        withExtendedLifetime(hold) {}
    }

    /// A job that is enqueued without a hold is run all the same.
    @Test(.timeLimit(.minutes(1))) func anExecutorThatIsNot() async throws {
        let executor = InferenceExecutor(name: "omni.test")
        let answer = refusing { Task(executorPreference: executor) { executor.isCurrent } }
        #expect(await answer.value)
    }

    @Test(.timeLimit(.minutes(1))) func aReply() async throws {
        let session = scriptedSession(ScriptedModel(ScriptedStep.spelling("a")))
        let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)
        let events = refusing { session.respond(to: question) }
        await #expect(throws: refusal) { for try await _ in events {} }
        // The session is not lost.
        #expect(try await session.answer(to: question).text == "a")
    }

    @Test(.timeLimit(.minutes(1))) func aConversation() async throws {
        let session = scriptedSession(ScriptedModel(ScriptedStep.spelling("a")))
        let audio = AsyncStream<AudioChunk> { $0.finish() }
        let conversation = refusing { session.converse(listeningTo: audio) }
        await #expect(throws: refusal) { for try await _ in conversation {} }
    }

    /// While it is held a thread does not go, however short it idles.
    @Test func aHeldThreadStays() async throws {
        let executor = InferenceExecutor(name: "omni.test", idleSeconds: 0)
        let hold = try executor.hold()
        try await Task.sleep(for: .milliseconds(50))
        let answer = refusing { Task(executorPreference: executor) { executor.isCurrent } }
        #expect(await answer.value)
        withExtendedLifetime(hold) {}
    }
}
