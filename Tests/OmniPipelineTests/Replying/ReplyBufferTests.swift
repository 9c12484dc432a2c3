import OmniCore
import OmniTesting
import Testing

@testable import OmniPipeline

/// How far a reply runs ahead.
@Suite struct ReplyBufferTests {
    @Test func generationWaitsForThePlayer() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true)
        let session = scriptedSession(model)
        // A frame lasts 0.1 s, and the codec is a frame late: half a second is full after the sixth step.
        let options = ReplyOptions(
            generation: GenerationOptions(maximumStepCount: 40), maximumBufferedAudio: .milliseconds(500))
        var iterator = session.respond(to: "x", options: options).makeAsyncIterator()
        #expect(try await eventually { model.stepCount == 6 })
        try await Task.sleep(for: .milliseconds(50))
        #expect(model.stepCount == 6)
        var takenCount = 0
        var metrics: ReplyMetrics?
        while let event = try await iterator.next(isolation: #isolation) {
            if case .finished(let found) = event { metrics = found }
            guard case .audio = event else { continue }
            takenCount += 1
            #expect(model.stepCount <= takenCount + 6)
        }
        #expect(takenCount == 40)
        #expect(try #require(metrics).pausedTime >= .milliseconds(50))
    }

    @Test func aWaitingReplyCanBeInterruptedAndLetGo() async throws {
        let model = ScriptedModel(ScriptedStep.spelling("a"), isEndless: true)
        let session = scriptedSession(model)
        let options = ReplyOptions(maximumBufferedAudio: .milliseconds(200))
        let events = session.respond(to: "x", options: options)
        #expect(try await eventually { model.stepCount == 3 })
        session.interrupt()
        #expect(try await sketch(events) == "(5)aaax")
        var unheard: AsyncThrowingStream? = session.respond(to: "x", options: options)
        #expect(unheard != nil)
        #expect(try await eventually { model.stepCount == 6 })
        unheard = nil
        let short = ReplyOptions(generation: GenerationOptions(maximumStepCount: 1))
        #expect(try await session.answer(to: "x", options: short).text == "a")
        #expect(model.stepCount == 7)
    }

    /// With no room at all, chunks are made one by one.
    @Test func noRoomIsRoomForOne() async throws {
        let session = scriptedSession(ScriptedModel(ScriptedStep.spelling("abc")))
        let options = ReplyOptions(maximumBufferedAudio: .zero)
        #expect(try await sketch(session.respond(to: "x", options: options)) == "(5)ab1c11.")
    }

    /// The machine alone.
    @Test func theBufferCountsAudio() {
        let chunk = OmniEvent.audio(AudioChunk(Array(repeating: 0, count: 1000), sampleRate: 1000))
        var buffer = ReplyBuffer(maximumAudio: .seconds(2))
        buffer.put(.text("a"))
        buffer.put(chunk)
        #expect(buffer.hasRoom && buffer.bufferedAudio == .seconds(1))
        buffer.put(chunk)
        #expect(!buffer.hasRoom)
        guard case .event(.text, _) = buffer.take(), case .event(.audio, _) = buffer.take() else {
            Issue.record("the order is lost")
            return
        }
        #expect(buffer.hasRoom && buffer.bufferedAudio == .seconds(1))
        buffer.put(.text("b"))
        buffer.interrupt()
        #expect(buffer.isStopped && buffer.hasRoom && buffer.bufferedAudio == .zero)
        buffer.put(chunk)
        buffer.end(nil)
        guard case .event(.text("b"), _) = buffer.take(), case .end(nil) = buffer.take() else {
            Issue.record("text is lost, or audio is not")
            return
        }
    }

    /// A player takes audio long before it plays it.
    @Test func theBufferCountsWhatIsReportedAsHeard() {
        let chunk = OmniEvent.audio(AudioChunk(Array(repeating: 0, count: 1000), sampleRate: 1000))
        var buffer = ReplyBuffer(maximumAudio: .seconds(2), playback: .reported)
        buffer.put(chunk)
        buffer.put(chunk)
        guard case .event = buffer.take(), case .event = buffer.take(), buffer.take() == nil else {
            Issue.record("what was put can be taken")
            return
        }
        #expect(!buffer.hasRoom && buffer.bufferedAudio == .seconds(2))
        buffer.hear(.milliseconds(500))
        #expect(buffer.hasRoom && buffer.bufferedAudio == .milliseconds(1500))
        // A player does not play backwards, or what was not made.
        buffer.hear(.milliseconds(400))
        #expect(buffer.bufferedAudio == .milliseconds(1500))
        buffer.hear(.seconds(9))
        #expect(buffer.bufferedAudio == .zero)
        buffer.put(chunk)
        buffer.put(chunk)
        #expect(!buffer.hasRoom)
        buffer.maximumAudio = .seconds(3)
        #expect(buffer.hasRoom)
    }

    @Test func manyEventsKeepTheirOrder() {
        var buffer = ReplyBuffer(maximumAudio: .seconds(1))
        var noise = Noise(seed: 4)
        var (putCount, takenCount) = (0, 0)
        for _ in 0..<2000 {
            if Bool.random(using: &noise) {
                buffer.put(.text(String(putCount)))
                putCount += 1
            } else if case .event(.text(let text), _) = buffer.take() {
                #expect(text == String(takenCount))
                takenCount += 1
            }
        }
        #expect(takenCount > 500)
    }
}
