import Dispatch
import OmniCore
import OmniPipeline
import OmniTesting
import Synchronization
import Testing

/// Conversations whose audio a caller hands over, as a server does.
@Suite(.timeLimit(.minutes(5))) struct ConversationPushTests {
    private func chunk(_ samples: ArraySlice<Float>) -> AudioChunk { AudioChunk(Array(samples), sampleRate: 16_000) }

    private func questions(_ scripted: ScriptedConversation) -> [[Float]] {
        scripted.model.asked.compactMap { asked in
            if case .speech(let utterance) = asked.question { utterance.samples } else { nil }
        }
    }

    /// A turn that a caller ends has every sample that came before, and none of those that were cleared.
    @Test func aTurnHasAllItsAudio() async throws {
        let scripted = ScriptedConversation("ab") {
            $0.turns = nil; $0.voiceActivity = nil; $0.pace = .real; $0.playback = .immediate
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        let samples = (0..<3000).map { Float($0 % 7) / 8 }
        var events = EventTaker(conversation)
        for piece in [0..<100, 100..<1000, 1000..<1234] { await conversation.push(chunk(samples[piece])) }
        conversation.commit()
        // Ended, asked for, made, and heard as soon as it was taken.
        #expect(try await events.take(events: 5) == "](5)ab1")
        await conversation.push(chunk(samples[1234..<1500]))
        conversation.clear()
        await conversation.push(chunk(samples[1500..<3000]))
        conversation.commit()
        await conversation.finish()
        try await events.takeAll()
        #expect(questions(scripted) == [Array(samples[..<1234]), Array(samples[1500...])])
    }

    /// Where the player is elsewhere, a reply is over when it was taken, not when it was played.
    @Test func audioThatWasTakenIsHeard() async throws {
        let scripted = ScriptedConversation("a", isEndless: true) {
            $0.pace = .real; $0.playback = .immediate; $0.generation.maximumStepCount = 20_000
        }
        // It would play for 640 s, longer than the suite may take.
        let text = try await sketch(scripted.begin("SS...."))
        #expect(text.hasPrefix("[?](5)aa1a1") && text.hasSuffix("1!/;"))
    }

    @Test func whatMayNotBePrepared() async throws {
        let scripted = ScriptedConversation("abc") { $0.mayPrepare = { false } }
        #expect(try await scripted.play("..SS.......") == "[](5)ab1c11./;")
    }

    /// Recorded audio is a turn: it is transcribed and answered on request, from the same features.
    @Test func recordedAudioIsATurn() async throws {
        let scripted = ScriptedConversation("ab") {
            $0.transcribes = true; $0.respondsToTurns = false; $0.pace = .real; $0.playback = .immediate
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        let samples = (0..<700).map { Float($0 % 5) / 8 }
        conversation.commit(chunk(samples[...]))
        conversation.respond(mode: .speechToText)
        await conversation.finish()
        // The reply and the transcript are made side by side: only the order within each is known.
        var (all, reply, transcript) = ("", "", "")
        for try await event in conversation {
            all += event.sketch
            if case .reply(_, .text(let delta)) = event { reply += delta }
            if case .transcribed(let text, _) = event { transcript = text }
        }
        #expect(all.hasPrefix("]") && all.hasSuffix(";") && reply == "ab" && transcript == "ab")
        #expect(questions(scripted) == [samples, samples])
        #expect(Set(scripted.model.asked.map(\.mode)) == [.speechToText, .transcription])
    }

    /// Recorded audio with faults is a warning, and at worst a reply that fails.
    @Test(arguments: [
        (AudioChunk([0.5, .nan, 0.25], sampleRate: 16_000), "W](5)a1./;"),
        (AudioChunk([0.5], sampleRate: 1), "W]E/;"),
    ])
    func recordedAudioWithFaults(audio: AudioChunk, expected: String) async throws {
        let scripted = ScriptedConversation("a") {
            $0.respondsToTurns = false; $0.pace = .real; $0.playback = .immediate
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        conversation.commit(audio)
        conversation.respond()
        await conversation.finish()
        #expect(try await sketch(conversation) == expected)
        #expect(questions(scripted) == (expected.contains("E") ? [] : [[0.5, 0, 0.25]]))
    }

    /// Commands come after the audio that was handed over before them.
    @Test func otherOptionsFromHereOn() async throws {
        let scripted = ScriptedConversation("ab") {
            $0.turns = nil; $0.respondsToTurns = false; $0.pace = .real; $0.playback = .immediate
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        await conversation.push(chunk(ScriptedConversation.audio("SS.")[...]))
        conversation.commit()
        var options = scripted.options
        options.turns = TurnTimeline.settings
        options.respondsToTurns = true
        options.mode = .speechToText
        options.generation.maximumStepCount = 1
        conversation.change(options)
        await conversation.push(chunk(ScriptedConversation.audio("SS....")[...]))
        await conversation.finish()
        #expect(try await sketch(conversation) == "][?](5)a!/;")
        #expect(scripted.model.asked.map(\.mode) == [.speechToText])
    }

    /// Audio is processed where the caller wants it.
    @Test func anExecutorOfTheCaller() async throws {
        final class Lane: TaskExecutor {
            private let queue = DispatchQueue(label: "lane")
            let jobCount = Mutex(0)

            func enqueue(_ job: consuming ExecutorJob) {
                let job = UnownedJob(job)
                jobCount.withLock { $0 += 1 }
                queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            }
        }
        let lane = Lane()
        let scripted = ScriptedConversation("abc") { $0.executor = lane }
        #expect(try await scripted.play("..SS.......") == "[?](5)ab1c11./;")
        #expect(lane.jobCount.withLock { $0 } > 5)
    }

    /// The end is not lost when the task that says it has been cancelled while audio waits.
    @Test func theEndIsSaidByATaskThatWasCancelled() async throws {
        let scripted = ScriptedConversation("ab") {
            $0.pace = .real; $0.playback = .immediate
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        let feeder = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            for _ in 0..<20 { await conversation.push(chunk([0, 0, 0, 0][...])) }
            await conversation.finish()
        }
        #expect(try await sketch(conversation).hasSuffix(";"))
        await feeder.value
    }

    /// Audio that cannot be resampled is said once, however many pieces of it come.
    @Test func audioAtAnImpossibleRate() async throws {
        let scripted = ScriptedConversation("ab")
        let refused = AudioChunk([0.5], sampleRate: 1)
        let taken = AudioChunk(ScriptedConversation.audio("."), sampleRate: 16_000)
        #expect(try await sketch(scripted.begin([refused, refused, taken, refused, refused])) == "WW;")
    }
}
