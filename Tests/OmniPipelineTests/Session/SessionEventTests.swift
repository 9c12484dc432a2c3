import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// What a session says, and in which order.
@Suite struct SessionEventTests {
    let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)

    @Test func textAndAudioComeAsTheyBecomeKnown() async throws {
        // The codec is a frame late; a tilde is held back until the next token.
        let steps = [
            ScriptedStep(text: "a", code: 1), ScriptedStep(text: "~", code: 2), ScriptedStep(text: "b"),
            ScriptedStep(code: 3), ScriptedStep(text: "~"),
        ]
        let session = scriptedSession(ScriptedModel(steps))
        #expect(try await sketch(session.respond(to: question)) == "(5)a1~b2~3.")
    }

    @Test(arguments: ReplyMode.allCases) func hasAudioOnlyInModesThatSpeak(_ mode: ReplyMode) async throws {
        let model = ScriptedModel(ScriptedStep.spelling("ab"))
        let session = scriptedSession(model)
        let events = mode.listens ? session.respond(to: question, mode: mode) : session.respond(to: "hey", mode: mode)
        #expect(try await sketch(events) == (mode.speaks ? "(5)ab11." : "(5)ab."))
        let asked = try #require(model.asked.first)
        #expect(asked.mode == mode)
        switch asked.question {
        case .speech(let utterance): #expect(mode.listens && utterance == question)
        case .text(let tokens): #expect(!mode.listens && tokens == ScriptedTokenizer().encode("hey"))
        }
    }

    @Test func metricsSayWhatHappened() async throws {
        let session = scriptedSession(ScriptedModel(ScriptedStep.spelling("abc", silent: ["b"]), promptLength: 9))
        let reply = try await session.answer(to: question, mode: .speechToSpeech)
        #expect(reply.text == "abc")
        #expect(reply.audio == AudioChunk(Array(repeating: 1, count: 200), sampleRate: 1000))
        #expect(reply.tokens == [[1, 1], [97, 98, 99]])
        #expect(reply.warnings == [])
        let metrics = reply.metrics
        #expect(metrics.mode == .speechToSpeech)
        #expect(metrics.ending == .completed)
        #expect(metrics.promptLength == 9)
        #expect(metrics.stepCount == 3)
        #expect(metrics.questionDuration == question.duration)
        #expect(metrics.audioDuration == .milliseconds(200))
        let (firstText, firstAudio) = (try #require(metrics.timeToFirstText), try #require(metrics.timeToFirstAudio))
        #expect(.zero < firstText && firstText < firstAudio && firstAudio <= metrics.totalTime)
        #expect(metrics.longestStepTime <= metrics.stepTime)
        #expect(try #require(metrics.meanStepTime) <= metrics.longestStepTime)
        #expect(try #require(metrics.realTimeFactor) > 0)
        let sum = metrics.resamplingTime + metrics.encodingTime + metrics.prefillTime + metrics.stepTime
        #expect(sum + metrics.codecTime <= metrics.totalTime)
    }

    @Test func aWrittenReplyHasNoAudio() async throws {
        let reply = try await scriptedSession(ScriptedModel(ScriptedStep.spelling("abc")))
            .answer(to: "x", mode: .textToText)
        #expect(reply.audio == nil)
        #expect(reply.metrics.timeToFirstAudio == nil)
        #expect(reply.metrics.realTimeFactor == nil)
        #expect(reply.metrics.questionDuration == nil)
    }

    @Test func optionsReachTheModel() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true)
        let options = ReplyOptions(generation: GenerationOptions(temperature: 0.5, maximumStepCount: 4, seed: 7))
        let events = scriptedSession(model).respond(to: "x", options: options)
        #expect(try await sketch(events) == "(5)aa1a1a11!")
        #expect(model.asked.first?.options == options.generation)
    }

    @Test func resamplesToTheEncodersRate() async throws {
        let model = ScriptedModel([])
        var noise = Noise(seed: 1)
        let original = AudioChunk(noise.floats(4410), sampleRate: 44_100)
        let reply = try await scriptedSession(model).answer(to: original)
        guard case .speech(let heard) = model.asked.first?.question else {
            Issue.record("nothing was heard")
            return
        }
        #expect(heard == (try original.resampled(to: 16_000)))
        #expect(reply.warnings == [])
        #expect(reply.metrics.questionDuration == .milliseconds(100))
    }

    /// 31 s at two rates, and 30 s sharp.
    @Test(arguments: [(16_000, 31), (44_100, 31), (44_100, 90), (44_100, 30)])
    func cutsWhatCannotBeHeard(_ sampleRate: Int, _ seconds: Int) async throws {
        let model = ScriptedModel([])
        var noise = Noise(seed: 2)
        let samples = noise.floats(31 * sampleRate) + Array(repeating: 0, count: max(seconds - 31, 0) * sampleRate)
        let question = AudioChunk(Array(samples.prefix(seconds * sampleRate)), sampleRate: sampleRate)
        let reply = try await scriptedSession(model).answer(to: question)
        guard case .speech(let heard) = model.asked.first?.question else {
            Issue.record("nothing was heard")
            return
        }
        let start = AudioChunk(Array(question.samples.prefix(31 * sampleRate)), sampleRate: sampleRate)
        #expect(heard.samples == Array(try start.resampled(to: 16_000).samples.prefix(480_000)))
        #expect(reply.metrics.questionDuration == .seconds(30))
        #expect(
            reply.warnings == (seconds > 30 ? [.questionCut(heard: .seconds(30), of: .seconds(seconds))] : []))
    }

    @Test func anEmptyQuestionIsHeardAsNothing() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("a"))
        let reply = try await scriptedSession(model).answer(to: AudioChunk([], sampleRate: 44_100))
        #expect(reply.text == "a")
        #expect(reply.metrics.questionDuration == .zero)
    }
}
