import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// Replies that end before their time.
@Suite struct SessionInterruptionTests {
    let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)

    /// Takes events until the text has `count` letters.
    private func read(
        _ count: Int, of iterator: inout AsyncThrowingStream<OmniEvent, any Error>.AsyncIterator
    ) async throws -> String {
        var text = ""
        while text.count < count, let event = try await iterator.next(isolation: #isolation) {
            if case .text(let delta) = event { text += delta }
        }
        return text
    }

    @Test func interruptStopsWithinOneStep() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true, gate: gate)
        let session = scriptedSession(model)
        var iterator = session.respond(to: question).makeAsyncIterator()
        gate.open(3)
        #expect(try await read(3, of: &iterator) == "aaa")
        // The fourth step is under way, or about to be.
        session.interrupt()
        gate.open(100)
        var rest: [OmniEvent] = []
        while let event = try await iterator.next(isolation: #isolation) { rest.append(event) }
        guard rest.count == 1, case .finished(let metrics) = rest[0] else {
            Issue.record("\(rest)")
            return
        }
        #expect(metrics.ending == .interrupted)
        #expect((3...4).contains(metrics.stepCount))
        #expect(metrics.stepCount == model.stepCount)
        #expect(metrics.chosenTokens[1].count == metrics.stepCount)
        #expect(metrics.audioDuration == .milliseconds(200))
    }

    @Test func audioNotYetTakenIsDroppedAndTextIsNot() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true, gate: gate)
        let session = scriptedSession(model)
        let events = session.respond(to: question)
        gate.open(5)
        #expect(try await eventually { model.stepCount == 5 })
        session.interrupt()
        gate.open(100)
        let found = try await sketch(events)
        #expect(found.hasPrefix("(5)aaaa") && found.hasSuffix("x") && !found.contains("1"))
    }

    /// A reply that was made, but not yet heard.
    @Test func aWaitingReplyCanBeInterrupted() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("abc"))
        let session = scriptedSession(model)
        let events = session.respond(to: question)
        #expect(try await eventually { model.stepCount == 3 })
        try await Task.sleep(for: .milliseconds(20))
        session.interrupt()
        let found = try await sketch(events)
        #expect(found == "(5)abcx")
    }

    @Test func interruptingNothingDoesNothing() async throws {
        let session = scriptedSession(ScriptedModel(ScriptedStep.spelling("a")))
        session.interrupt()
        #expect(try await sketch(session.respond(to: question)) == "(5)a1.")
        session.interrupt()
        #expect(try await sketch(session.respond(to: question)) == "(5)a1.")
    }

    @Test func anotherQuestionInterrupts() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("ab"), isEndless: true, gate: gate)
        let session = scriptedSession(model)
        var first = session.respond(to: question).makeAsyncIterator()
        gate.open(2)
        #expect(try await read(2, of: &first) == "ab")
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 2))
        let second = session.respond(to: "next", options: options)
        gate.open(3)
        #expect(try await sketch(second) == "(5)ab11!")
        var endings: [ReplyEnding] = []
        while let event = try await first.next(isolation: #isolation) {
            if case .finished(let metrics) = event { endings.append(metrics.ending) }
        }
        #expect(endings == [.interrupted])
        #expect(model.asked.count == 2)
    }

    @Test func aCancelledTaskStopsTheReply() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true, gate: gate)
        let session = scriptedSession(model)
        let task = Task { try await session.answer(to: question) }
        gate.open(3)
        #expect(try await eventually { model.stepCount == 3 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.open(100)
        // At most the step under way was still taken; then the session is free for the next question.
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 1))
        #expect(try await session.answer(to: question, options: options).metrics.ending == .reachedLimit)
        #expect(model.stepCount <= 5)
    }

    @Test func lettingTheStreamGoStopsTheReply() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true, gate: gate)
        let session = scriptedSession(model)
        gate.open(2)
        for try await event in session.respond(to: question) {
            if case .text = event { break }
        }
        gate.open(100)
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 1))
        #expect(try await session.answer(to: question, options: options).metrics.ending == .reachedLimit)
        #expect(model.stepCount <= 4)
    }

    @Test func aReplyOutlivesItsSession() async throws {
        let events = scriptedSession(ScriptedModel(ScriptedStep.spelling("abc"))).respond(to: question)
        #expect(try await sketch(events) == "(5)ab1c11.")
    }
}
