import Foundation
import OmniCore
import OmniTesting
import TestSupport
import Testing

@testable import OmniPipeline

/// Sessions that share a machine.
@Suite(.timeLimit(.minutes(10))) struct OmniSchedulerTests {
    private let question = AudioChunk([0.1, 0.2, 0.3], sampleRate: 16_000)

    private func scheduler(_ model: ScriptedModel, _ options: SchedulerOptions = .unlimited) -> OmniScheduler {
        ScriptedPipeline(
            encoder: ScriptedEncoder(), model: model, codec: ScriptedCodec(), tokenizer: ScriptedTokenizer()
        ).makeScheduler(options)
    }

    /// Four sessions ask at once, and each reply is that of a session alone.
    @Test(arguments: Engine.allCases) func repliesAreThoseOfASessionAlone(_ engine: Engine) async throws {
        let omni = try await MiniOmni.load(from: NanoModelTests.directory, engine: engine.value)
        let scheduler = omni.makeScheduler(.unlimited)
        let samples = try Fixture.json("nano/index.json", as: [NanoModelTests.Sample].self)
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 16))
        let modes: [ReplyMode] = [.speechToSpeechBatch, .speechToSpeech, .speechToText, .transcription]
        let found = try await withThrowingTaskGroup(of: (Int, Reply).self) { group in
            for (index, sample) in samples.prefix(4).enumerated() {
                let (session, recording) = (scheduler.makeSession(), try sample.recording)
                group.addTask {
                    (index, try await session.answer(to: recording, mode: modes[index], options: options))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, sample) in samples.prefix(4).enumerated() {
            let alone = try await omni.makeSession().answer(
                to: sample.recording, mode: modes[index], options: options)
            let reply = try #require(found[index])
            #expect(reply.tokens == alone.tokens && reply.text == alone.text)
            // OpenBLAS adds up in another order while other threads call it.
            let difference = Tolerance.largestDifference(reply.audio?.samples ?? [], alone.audio?.samples ?? [])
            #expect(difference <= (engine == .blas ? 1e-5 : 0))
        }
        let load = scheduler.load
        #expect(load.replyCount == 0 && load.refusedCount == 0)
        // Not one by one.
        #expect(load.replyStepCount > load.stepCount)
    }

    /// A script that takes its time, so that others can come in the meantime.
    private func slow(_ text: String) -> [ScriptedStep] {
        text.unicodeScalars.map { ScriptedStep(text: $0, code: 1, delay: .milliseconds(2)) }
    }

    @Test func stepsAreTakenTogether() async throws {
        let text = String(repeating: "abcdefgh", count: 25)
        let scheduler = scheduler(ScriptedModel(slow(text)))
        let streams = (0..<3).map { _ in scheduler.makeSession().respond(to: question) }
        for stream in streams {
            let reply = try await Reply(collecting: stream)
            #expect(reply.text == text && reply.metrics.ending == .completed)
        }
        // Each took 200 steps, and one that found the end.
        #expect(scheduler.load.replyStepCount == 603 && scheduler.load.stepCount < 603)
    }

    /// A failure is that of one reply, not of those that stepped with it.
    @Test func failuresArePrivate() async throws {
        let steps = ScriptedStep.spelling("ab") + [ScriptedStep(error: ScriptedError("broken"))]
        let pipeline = scheduler(ScriptedModel(steps))
        let bad = pipeline.makeSession()
        let good = pipeline.makeSession()
        async let short = good.answer(
            to: question, options: ReplyOptions(generation: GenerationOptions(maximumStepCount: 2)))
        await #expect(throws: ScriptedError("broken")) { try await bad.answer(to: question) }
        #expect(try await short.text == "ab")
        #expect(pipeline.load.replyCount == 0)
    }

    @Test func oneInterruptionLetsTheOthersGoOn() async throws {
        let scheduler = scheduler(ScriptedModel(slow("a"), isEndless: true))
        let (stopped, going) = (scheduler.makeSession(), scheduler.makeSession())
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 300))
        async let second = going.answer(to: question, options: options)
        var ending: ReplyEnding?
        for try await event in stopped.respond(to: question) {
            if case .text = event { stopped.interrupt() }
            if case .finished(let metrics) = event { ending = metrics.ending }
        }
        #expect(ending == .interrupted)
        #expect(try await second.metrics.stepCount == 300)
        #expect(scheduler.load.replyCount == 0)
    }

    @Test func oneTooManyIsRefused() async throws {
        var options = SchedulerOptions.unlimited
        options.maximumReplyCount = 2
        let scheduler = scheduler(ScriptedModel(slow("a"), isEndless: true), options)
        let third = scheduler.makeSession()
        let short = ReplyOptions(generation: GenerationOptions(maximumStepCount: 1))
        do {
            let streams = (0..<2).map { _ in scheduler.makeSession().respond(to: question) }
            #expect(try await eventually { scheduler.load.replyCount == 2 })
            await #expect { try await third.answer(to: question, options: short) } throws: { error in
                guard case .full(2, _)? = error as? SchedulerError else { return false }
                return true
            }
            withExtendedLifetime(streams) {}
        }
        // There is room again.
        #expect(try await eventually { scheduler.load.replyCount == 0 })
        #expect(try await third.answer(to: question, options: short).text == "a")
    }

    /// A reply that is prepared ahead and one that speech holds count as replies, and no more once they are dropped.
    @Test func preparedAndPausedRepliesKeepTheirSlot() async throws {
        let scheduler = ScriptedPipeline(
            encoder: ScriptedEncoder(), model: ScriptedModel(ScriptedStep.spelling("a"), isEndless: true),
            codec: ScriptedCodec(outputSampleRate: 1000, samplesPerFrame: 32), tokenizer: ScriptedTokenizer()
        ).makeScheduler(.unlimited)
        let microphone = HandFedAudio()
        let options = ScriptedConversation("").options
        let conversation = scheduler.makeSession().converse(listeningTo: microphone.audio, options: options)
        var events = EventTaker(conversation)
        microphone.say("SS..")
        #expect(try await events.take(events: 2) == "[?")
        try #require(await eventually { scheduler.load.replyCount == 1 })
        microphone.say("S")
        #expect(try await events.take(events: 1) == "x")
        try #require(await eventually { scheduler.load.replyCount == 0 })
        microphone.say("S....S")
        var text = ""
        for _ in 0..<1000 where !text.contains("p") { text += try await events.take(events: 1) }
        // A reply that was let go would leave soon.
        for _ in 0..<200 {
            try #require(scheduler.load.replyCount == 1)
            try await Task.sleep(for: .milliseconds(1))
        }
        microphone.say("SS")
        for _ in 0..<1000 where !text.contains("!") { text += try await events.take(events: 1) }
        #expect(text.contains("p") && text.contains("!"))
        #expect(try await eventually { scheduler.load.replyCount == 0 })
        conversation.cancel()
    }

    /// A reply that is abandoned before, during or after anything leaves no slot taken.
    @Test func abandonedRepliesLeave() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true)
        let scheduler = scheduler(model)
        for count in 0..<5 {
            let session = scheduler.makeSession()
            var left = count
            for try await _ in session.respond(to: question) {
                left -= 1
                if left <= 0 { break }
            }
        }
        #expect(try await eventually { scheduler.load.replyCount == 0 })
    }
}
