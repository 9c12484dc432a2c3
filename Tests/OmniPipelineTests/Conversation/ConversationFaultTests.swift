import OmniCore
import OmniTesting
import Testing

@testable import OmniPipeline

/// What goes wrong in a conversation: nothing hangs, nothing is left behind, and the next turn works.
@Suite(.timeLimit(.minutes(10))) struct ConversationFaultTests {
    private let line = "..SS......."
    private let expected = "[?](5)ab1c11./;"

    private func chunks(_ line: String, sampleRate: Int = 16_000) -> [AudioChunk] {
        line.map { AudioChunk(ScriptedConversation.audio(String($0)), sampleRate: sampleRate) }
    }

    /// Pieces of any size, down to none.
    @Test(arguments: [1, 100, 511, 512, 513, 2000, 100_000]) func anyChoppingIsTheSame(_ longest: Int) async throws {
        let samples = ScriptedConversation.audio(line)
        var noise = Noise(seed: UInt64(longest))
        var pieces: [AudioChunk] = []
        var start = 0
        while start < samples.count {
            let end = min(start + Int.random(in: 0...longest, using: &noise), samples.count)
            pieces.append(AudioChunk(Array(samples[start..<end]), sampleRate: 16_000))
            start = end
        }
        #expect(try await sketch(ScriptedConversation("abc").begin(pieces)) == expected)
    }

    @Test func nonFiniteSamplesAreSilence() async throws {
        var audio = chunks(line + line)
        for index in 3..<5 { audio[index] = AudioChunk([Float](repeating: .nan, count: 512), sampleRate: 16_000) }
        audio[6].samples[100] = .infinity
        // The first turn is one window long, and too short.
        #expect(try await sketch(ScriptedConversation("abc").begin(audio)) == "[WWW-" + expected)
    }

    @Test func anotherRateFromHereOn() async throws {
        let fast = line.map { symbol in
            AudioChunk(
                ScriptedConversation.audio(String(symbol)).flatMap { [$0, $0, $0] }, sampleRate: 48_000)
        }
        let audio = chunks("..SS.........") + fast + chunks(".........")
        let found = try await sketch(ScriptedConversation("abc").begin(audio))
        #expect(found == "[?](5)ab1c11./W[?](5)ab1c11.W/;")
    }

    @Test func aRateThatCannotBeHeard() async throws {
        let audio = [AudioChunk([0.5, 0.5], sampleRate: 1)] + chunks(line)
        #expect(try await sketch(ScriptedConversation("abc").begin(audio)) == "W" + expected)
    }

    /// Half a second is lost in the middle of a word: what follows lies where it was spoken, and the silence ends the
    /// turn.
    @Test func audioIsLost() async throws {
        let lost = 5..<21
        var filler = GapFiller()
        let audio = chunks("..SSSSSSSSSSSSSSSSSSSSSS.......").enumerated().compactMap { index, chunk in
            lost.contains(index) ? nil : filler.filled(chunk, at: .milliseconds(32) * (index + 1))
        }
        #expect(filler.filled == .milliseconds(32) * lost.count)
        var starts: [Duration] = []
        var text = ""
        for try await event in ScriptedConversation("abc").begin(audio) {
            if case .speechStarted(_, let place) = event { starts.append(place) }
            text += event.sketch
        }
        #expect(text == "[?](5)ab1c11./" + "[?](5)ab1c11./;")
        #expect(starts == [.milliseconds(32), .milliseconds(32) * 20])
    }

    /// Audio stays away for good, in every phase of a turn: the conversation can be left, and the next turn works.
    @Test(arguments: ["", "..", ".SS", ".SS..", ".SS....", ".SS......S", ".SS......SSS"])
    func theMicrophoneFallsSilent(_ line: String) async throws {
        let scripted = ScriptedConversation("abcdef", isEndless: true) {
            $0.pace = .real
            $0.reportsWindows = true
        }
        let session = scripted.makeSession()
        let silent = HandFedAudio()
        let conversation = session.converse(listeningTo: silent.audio, options: scripted.options)
        var events = EventTaker(conversation)
        silent.say(line)
        _ = try await events.take(windows: line.count)
        conversation.cancel()
        #expect(try await events.take(events: 1) == "")
        let next = ScriptedConversation("abc")
        let again = session.converse(listeningTo: Chunks(chunks(self.line)), options: next.options)
        var text = ""
        for try await event in again {
            text += event.sketch
            if case .reply(_, .audio) = event { break }
        }
        #expect(text == "[?](5)ab1")
    }

    @Test func theMicrophoneFails() async throws {
        struct Broken: AsyncSequence, Sendable {
            typealias Element = AudioChunk
            let chunks: [AudioChunk]

            struct AsyncIterator: AsyncIteratorProtocol {
                var iterator: IndexingIterator<[AudioChunk]>
                mutating func next() async throws -> AudioChunk? {
                    guard let chunk = iterator.next() else { throw ScriptedError("unplugged") }
                    return chunk
                }
            }

            func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: chunks.makeIterator()) }
        }
        let scripted = ScriptedConversation("abc")
        let session = scripted.makeSession()
        let broken = session.converse(listeningTo: Broken(chunks: chunks("..SSS")), options: scripted.options)
        var text = ""
        await #expect(throws: ScriptedError("unplugged")) {
            for try await event in broken { text += event.sketch }
        }
        #expect(text == "[")
        // The session is free.
        let next = session.converse(listeningTo: Chunks(chunks(line)), options: scripted.options)
        #expect(try await sketch(next) == expected)
    }

    @Test func aReplyThatFailsIsAnEvent() async throws {
        var scripted = ScriptedConversation("abc")
        scripted.model = ScriptedModel([ScriptedStep(text: "a"), ScriptedStep(error: ScriptedError("step"))])
        #expect(try await scripted.play(line + line) == "[?](5)aE/[?](5)aE/;")
        scripted.encoder = ScriptedEncoder(error: ScriptedError("deaf"))
        #expect(try await scripted.play(line + line) == "[?]E/[?]E/;")
    }

    /// A turn that a caller ends, or brings along, may be too short to say something in: the model would invent what it
    /// answers to.
    @Test func turnsThatAreTooShort() async throws {
        var scripted = ScriptedConversation("abc") {
            $0.turns = nil; $0.voiceActivity = nil; $0.pace = .real
        }
        scripted.encoder.minimumSampleCount = 1_600
        for sampleCount in [0, 320, 1_599, 1_600] {
            let audio = AsyncStream.makeStream(of: AudioChunk.self)
            let conversation = scripted.makeSession().converse(listeningTo: audio.stream, options: scripted.options)
            conversation.commit(AudioChunk([Float](repeating: 0.5, count: sampleCount), sampleRate: 16_000))
            conversation.respond()
            audio.continuation.finish()
            var errors: [AudioInputError?] = []
            for try await case .replyFailed(_, let error) in conversation { errors.append(error as? AudioInputError) }
            let expected = AudioInputError.tooShort(.seconds(Double(sampleCount) / 16_000), minimum: .milliseconds(100))
            #expect(errors == (sampleCount < 1_600 ? [expected] : []))
        }
        #expect(scripted.model.asked.count == 1)
    }

    @Test func anEncoderMayHearEverything() async throws {
        var scripted = ScriptedConversation("abc")
        scripted.encoder.maximumSampleCount = .max
        let reply = try await scripted.makeSession().answer(to: AudioChunk([0.5, 0.5], sampleRate: 24_000))
        #expect(reply.text == "abc")
    }

    @Test func withoutAModelThereAreNoTurns() async throws {
        let scripted = ScriptedConversation("abc") { $0.voiceActivity = nil }
        await #expect(throws: OmniSessionError.noVoiceActivity) { _ = try await scripted.play(line) }
        let mode = ScriptedConversation("abc") { $0.mode = .textToSpeech }
        await #expect(throws: OmniSessionError.questionDoesNotFit(mode: .textToSpeech)) {
            _ = try await mode.play(line)
        }
    }

    /// Audio that comes as fast as it can, and a consumer that takes no event of it: nothing is made without end.
    @Test(arguments: [ConversationPace.real, .simulated])
    func aConsumerThatStopsTaking(_ pace: ConversationPace) async throws {
        let scripted = ScriptedConversation("a", isEndless: true) { $0.pace = pace }
        let fed = StepCounter()
        let audio = Endless { index in
            fed.count()
            let symbol = (3..<6).contains(index % 40) ? "S" : "."
            return AudioChunk(ScriptedConversation.audio(symbol), sampleRate: 16_000)
        }
        let conversation = scripted.makeSession().converse(listeningTo: audio, options: scripted.options)
        var iterator = conversation.makeAsyncIterator()
        _ = try await iterator.next()
        // Audio is not processed when the consumer takes no events.
        #expect(try await fed.settles())
        #expect(fed.value < 50_000 && scripted.model.stepCount < 5000)
        conversation.cancel()
        #expect(try await iterator.next() == nil)
    }

    /// After any number of events, by the task that takes them or by hand.
    @Test(arguments: 0..<16, [false, true]) func cancelledInEveryState(after count: Int, byHand: Bool) async throws {
        let left = try await cancel(after: count, byHand: byHand)
        let isGone = try await eventually { left.model == nil }
        #expect(isGone)
    }

    private struct Left: Sendable {
        weak let model: ScriptedModel?
        /// Where the conversation's task ran.
        weak let executor: InferenceExecutor?
    }

    private func cancel(after count: Int, byHand: Bool) async throws -> Left {
        let scripted = ScriptedConversation("abcdef", isEndless: true)
        let session = scripted.makeSession()
        let audio = chunks("SS.......SS..SS.......SSSSS.......")
        let conversation = session.converse(listeningTo: Chunks(audio), options: scripted.options)
        let task = Task {
            var text = ""
            var iterator = conversation.makeAsyncIterator()
            for _ in 0..<count { text += try await iterator.next()?.sketch ?? "" }
            if byHand { conversation.cancel() } else { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            let next = try await iterator.next()
            #expect(next == nil)
            return text
        }
        let text = try await task.value
        #expect(!text.contains(";"))
        // The session is free for another conversation.
        var next = EventTaker(session.converse(listeningTo: Chunks(chunks(line)), options: scripted.options))
        #expect(try await next.take(events: 7) == "[?](5)ab1")
        return Left(model: scripted.model, executor: nil)
    }

    @Test func lettingGoEndsIt() async throws {
        let fed = StepCounter()
        do {
            let scripted = ScriptedConversation("abc")
            let audio = Endless { _ in
                fed.count()
                return AudioChunk(ScriptedConversation.audio("S"), sampleRate: 16_000)
            }
            for try await event in scripted.makeSession().converse(listeningTo: audio, options: scripted.options) {
                if case .speechStarted = event { break }
            }
        }
        #expect(try await fed.settles())
    }

    /// A source that never comes back, whatever is asked of it, keeps nothing of the conversation.
    @Test func aSourceThatIgnoresCancellation() async throws {
        let left = try await cancelWhileTheSourceHangs()
        #expect(try await eventually { left.model == nil && left.executor == nil })
    }

    private func cancelWhileTheSourceHangs() async throws -> Left {
        let scripted = ScriptedConversation("abc")
        let windows = chunks("SS......")
        let audio = Endless { index in
            if index < windows.count { return windows[index] }
            let never = AsyncStream.makeStream(of: AudioChunk.self)
            return await Task.detached { await never.stream.first { _ in true } }.value ?? windows[0]
        }
        let executor = InferenceExecutor(name: "omni.test", idleSeconds: 0.1)
        var options = scripted.options
        options.executor = executor
        let conversation = scripted.makeSession().converse(listeningTo: audio, options: options)
        var events = EventTaker(conversation)
        #expect(try await events.take(events: 2) == "[?")
        conversation.cancel()
        return Left(model: scripted.model, executor: executor)
    }
}
