import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// Questions that cannot be answered, and parts that fail.
@Suite struct SessionFailureTests {
    let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)

    @Test(arguments: ReplyMode.allCases) func theQuestionMustFitTheMode(_ mode: ReplyMode) async throws {
        let session = scriptedSession(ScriptedModel([]))
        await #expect(throws: OmniSessionError.questionDoesNotFit(mode: mode)) {
            if mode.listens {
                _ = try await session.answer(to: "hey", mode: mode)
            } else {
                _ = try await session.answer(to: question, mode: mode)
            }
        }
    }

    @Test(arguments: [16_000, 44_100]) func aQuestionOfNoNumbersIsRefused(_ sampleRate: Int) async throws {
        let session = scriptedSession(ScriptedModel([]))
        for sample in [Float.nan, .infinity] {
            await #expect(throws: AudioInputError.notFinite(sampleIndex: 2)) {
                try await session.answer(to: AudioChunk([0, 0, sample], sampleRate: sampleRate))
            }
        }
        // The next question is answered.
        #expect(try await session.answer(to: question).metrics.ending == .completed)
    }

    @Test func anAbsurdRateIsRefused() async throws {
        let session = scriptedSession(ScriptedModel([]))
        await #expect(throws: AudioInputError.unsupportedResampling(from: 1, to: 16_000)) {
            try await session.answer(to: AudioChunk([0, 0], sampleRate: 1))
        }
    }

    @Test func failuresOfPartsComeThrough() async throws {
        let encoder = scriptedSession(ScriptedModel([]), encoder: ScriptedEncoder(error: ScriptedError("deaf")))
        await #expect(throws: ScriptedError("deaf")) { try await encoder.answer(to: question) }
        let model = scriptedSession(ScriptedModel([], prefillError: ScriptedError("too long")))
        await #expect(throws: ScriptedError("too long")) { try await model.answer(to: question) }
    }

    /// What was known before the failure is delivered first.
    @Test func failuresInTheMiddleComeInTheirPlace() async throws {
        func events(_ session: OmniSession) async -> (String, (any Error)?) {
            var text = ""
            do {
                for try await event in session.respond(to: question) { text += event.sketch }
            } catch {
                return (text, error)
            }
            return (text, nil)
        }
        let failing = [ScriptedStep(text: "a", code: 1), ScriptedStep(text: "b", error: ScriptedError("step"))]
        let (modelText, modelError) = await events(scriptedSession(ScriptedModel(failing)))
        #expect(modelText == "(5)a")
        #expect(modelError as? ScriptedError == ScriptedError("step"))
        let codec = ScriptedCodec(forbiddenCode: 7)
        let bad = [ScriptedStep(text: "a", code: 1), ScriptedStep(text: "b", code: 7), ScriptedStep(text: "c")]
        let (codecText, codecError) = await events(scriptedSession(ScriptedModel(bad), codec: codec))
        #expect(codecText == "(5)ab")
        #expect(codecError as? ScriptedError == ScriptedError("code 7"))
    }
}
