import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// Audio that is made beside the steps: the same events in the same order, while the model goes on.
@Suite struct ConcurrentDecoderTests {
    let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)

    @Test func theOrderIsThatOfAudioBetweenTheSteps() async throws {
        let steps = [
            ScriptedStep(text: "a", code: 1), ScriptedStep(text: "~", code: 2), ScriptedStep(text: "b"),
            ScriptedStep(code: 3), ScriptedStep(code: 4), ScriptedStep(text: "c", code: 5), ScriptedStep(text: "~"),
        ]
        var sketches: [String] = []
        for isConcurrent in [false, true] {
            for mode in [ReplyMode.speechToSpeech, .speechToSpeechBatch, .speechToText] {
                let session = scriptedSession(ScriptedModel(steps), codec: ScriptedCodec(isConcurrent: isConcurrent))
                try await sketches.append(sketch(session.respond(to: question, mode: mode)))
            }
        }
        #expect(sketches.prefix(3) == sketches.suffix(3))
        #expect(sketches[3] == "(5)a1~b23c4~5.")
    }

    @Test func theModelGoesOnMeanwhile() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("abc"))
        let session = scriptedSession(model, codec: ScriptedCodec(isConcurrent: true, gate: gate))
        let events = session.respond(to: question)
        // The codec has not made the first frame's audio, and the second step is taken; the third waits for it.
        #expect(try await eventually { model.stepCount == 2 })
        try await Task.sleep(for: .milliseconds(20))
        #expect(model.stepCount == 2)
        gate.open(100)
        #expect(try await sketch(events) == "(5)ab1c11.")
    }

    /// Otherwise the same conversation would run ahead a step more or less, as the threads happen to run.
    @Test func howFarItGoesDoesNotDependOnHowSoonTheAudioIsMade() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("abcdef"))
        let codec = ScriptedCodec(isConcurrent: true, gate: gate)
        let session = scriptedSession(model, codec: codec)
        // Room for a frame and a half. The codec is a frame late, so that the audio of two steps is one frame.
        let events = session.respond(to: question, options: ReplyOptions(maximumBufferedAudio: .milliseconds(150)))
        gate.open(1)
        // With the second frame's audio there may be no room: the third step waits until it is known.
        #expect(try await eventually { gate.arrivalCount == 2 })
        try await Task.sleep(for: .milliseconds(20))
        #expect(model.stepCount == 2)
        gate.open(1)
        #expect(try await eventually { model.stepCount == 3 })
        gate.open(100)
        #expect(try await sketch(events) == "(5)ab1c1d1e1f11.")
    }

    @Test func metricsCountIt() async throws {
        let session = scriptedSession(
            ScriptedModel(ScriptedStep.spelling("abc")), codec: ScriptedCodec(isConcurrent: true))
        let reply = try await session.answer(to: question)
        #expect(reply.audio == AudioChunk(Array(repeating: 1, count: 300), sampleRate: 1000))
        #expect(reply.metrics.audioDuration == .milliseconds(300))
        #expect(reply.metrics.codecTime > .zero)
        let first = try #require(reply.metrics.timeToFirstAudio)
        #expect(try #require(reply.metrics.timeToFirstText) < first && first < reply.metrics.totalTime)
    }

    @Test func itsFailureComesThroughBehindWhatWasSaidBefore() async throws {
        let steps = [
            ScriptedStep(text: "a", code: 1), ScriptedStep(text: "b", code: 7), ScriptedStep(text: "c", code: 1),
        ]
        for isConcurrent in [false, true] {
            let codec = ScriptedCodec(forbiddenCode: 7, isConcurrent: isConcurrent)
            let session = scriptedSession(ScriptedModel(steps), codec: codec)
            var said = ""
            await #expect(throws: ScriptedError("code 7")) {
                for try await event in session.respond(to: question) { said += event.sketch }
            }
            #expect(said == "(5)ab")
        }
    }

    @Test func anInterruptionWaitsForNoMoreThanOneFrame() async throws {
        let gate = StepGate()
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true)
        let session = scriptedSession(model, codec: ScriptedCodec(isConcurrent: true, gate: gate))
        var iterator = session.respond(to: question).makeAsyncIterator()
        gate.open(2)
        var said = ""
        while said.count < 6, let event = try await iterator.next(isolation: #isolation) { said += event.sketch }
        #expect(said == "(5)aa1")
        session.interrupt()
        gate.open(1)
        var rest: [OmniEvent] = []
        while let event = try await iterator.next(isolation: #isolation) { rest.append(event) }
        guard case .finished(let metrics) = rest.last else {
            Issue.record("\(rest)")
            return
        }
        #expect(metrics.ending == .interrupted && metrics.stepCount <= 4)
        #expect(!rest.contains { if case .audio = $0 { true } else { false } })
    }
}
