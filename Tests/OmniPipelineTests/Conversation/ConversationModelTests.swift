import OmniCore
import OmniPipeline
import OmniTesting
import Synchronization
import Testing

/// Conversations with a model that judges whether turns are over, and with a transcriber of their own.
@Suite(.timeLimit(.minutes(10))) struct ConversationModelTests {
    /// Calls a turn finished whose last window of speech is as loud as a model wants it; remembers what it judged.
    private final class ScriptedTurnEnd: TurnEndModel {
        let sampleRate: Int
        let maximumSampleCount: Int
        private let probabilities: Mutex<[Float?]>
        private let counts = Mutex<[Int]>([])

        struct Failure: Error {}

        /// - Parameter probabilities: the judgements, one after the other; `nil` to fail.
        init(_ probabilities: [Float?], sampleRate: Int = 16_000, maximumSampleCount: Int? = nil) {
            self.sampleRate = sampleRate
            self.maximumSampleCount = maximumSampleCount ?? sampleRate * 8
            self.probabilities = Mutex(probabilities)
        }

        var judgedSampleCounts: [Int] { counts.withLock { $0 } }

        func turnEndProbability(of samples: Span<Float>) throws -> Float {
            counts.withLock { $0.append(samples.count) }
            let next = probabilities.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let next else { throw Failure() }
            return next
        }
    }

    private func converse(_ line: String, _ model: ScriptedTurnEnd?) async throws -> String {
        try await ScriptedConversation("abc") { options in
            options.turns?.semantic = SemanticTurnEnd()
            options.turns?.maximumTurn = .seconds(60)
            options.turnEnd = model
        }.play(line)
    }

    @Test func aFinishedTurnEndsAtOnce() async throws {
        let model = ScriptedTurnEnd([0.9])
        // At the second window of silence, and not at the fourth: two windows are left to hear the reply in.
        #expect(try await converse("..SS....", model) == "[](5)ab1c11./;")
        // Padding of one window, two of speech, two of silence.
        #expect(model.judgedSampleCounts == [5 * TurnTimeline.windowSampleCount])
    }

    @Test func anUnfinishedTurnGoesOn() async throws {
        let model = ScriptedTurnEnd([0.1, 0.8])
        #expect(try await converse("..SS......SS....", model) == "[](5)ab1c11./;")
        #expect(model.judgedSampleCounts.count == 2)
        // One turn, with the pause inside.
        #expect(model.judgedSampleCounts.last == 13 * TurnTimeline.windowSampleCount)
    }

    /// Without a model, and with one that fails, silence ends turns.
    @Test func silenceDecidesWithoutAJudgement() async throws {
        #expect(try await converse("..SS..SS.......", nil) == "[](5)ab1c11./;")
        #expect(try await converse("..SS..SS.......", ScriptedTurnEnd([nil, .nan])) == "[](5)ab1c11./;")
    }

    @Test func aModelMayHearEverything() async throws {
        let model = ScriptedTurnEnd([0.9], sampleRate: 8000, maximumSampleCount: .max)
        #expect(try await converse("..SS....", model) == "[](5)ab1c11./;")
        #expect(model.judgedSampleCounts == [5 * TurnTimeline.windowSampleCount / 2])
    }

    @Test func aModelOfAnotherRateHearsResampledAudio() async throws {
        let model = ScriptedTurnEnd([0.9], sampleRate: 8000)
        #expect(try await converse("..SS....", model) == "[](5)ab1c11./;")
        #expect(model.judgedSampleCounts == [5 * TurnTimeline.windowSampleCount / 2])
    }

    /// Writes down how many windows it was given; while they come, a letter for each, the last one tentative.
    private struct ScriptedTranscriber: SpeechTranscriber {
        struct Stream: TranscriptionStream {
            let fails: Bool
            var sampleCount = 0

            private var text: String {
                let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                return " " + letters.prefix(sampleCount / TurnTimeline.windowSampleCount)
            }

            mutating func push(_ samples: Span<Float>) throws -> PartialTranscript? {
                if fails { throw Failure() }
                sampleCount += samples.count
                return PartialTranscript(final: String(text.dropLast()), tentative: String(text.suffix(1)))
            }

            mutating func finish() throws -> Transcript {
                Transcript(text: text, language: "en", duration: 0, segments: [])
            }
        }

        struct Failure: Error {}

        let inputSampleRate = 16_000
        var fails = false

        func transcribe(_ audio: AudioChunk, _ options: TranscriptionOptions) throws -> Transcript {
            if fails { throw Failure() }
            let count = audio.samples.count / TurnTimeline.windowSampleCount
            return Transcript(text: " \(count)", language: "en", duration: 0, segments: [])
        }

        func makeStream(_ options: TranscriptionOptions) throws -> Stream { Stream(fails: fails) }
    }

    private func conversation(
        transcribedWhileSpokenBy transcriber: ScriptedTranscriber?,
        _ change: (inout ConversationOptions) -> Void = { _ in }
    ) -> ScriptedConversation {
        ScriptedConversation("abc") { options in
            options.transcribes = true
            options.transcribesWhileSpoken = true
            options.respondsToTurns = false
            options.transcriber = transcriber
            change(&options)
        }
    }

    @Test func aTurnIsWrittenDownWhileItIsSpoken() async throws {
        let scripted = conversation(transcribedWhileSpokenBy: ScriptedTranscriber())
        // A window of padding and one of speech come first; the rest of the text comes when the turn is over.
        #expect(try await scripted.play("..SSS.........") == "[ABCDE]F\"ABCDEF\";")
        // Of two turns each has its own.
        #expect(
            try await scripted.play("..SSS.........SSS.........") == "[ABCDE]F\"ABCDEF\"[ABCDE]F\"ABCDEF\";")
    }

    @Test func speechThatIsNoTurnHasNoTranscript() async throws {
        let scripted = conversation(transcribedWhileSpokenBy: ScriptedTranscriber())
        let line = try await scripted.play("..S.............SSS.........")
        #expect(line.contains("-") && line.filter { $0 == "\"" }.count == 2 && line.hasSuffix("F\"ABCDEF\";"))
    }

    @Test func aTranscriberThatFailsWhileItIsSpokenIsSaidOnce() async throws {
        let scripted = conversation(transcribedWhileSpokenBy: ScriptedTranscriber(fails: true))
        #expect(try await scripted.play("..SSS.........SSS.........") == "[E][E];")
    }

    /// The language model has no stream: it transcribes whole turns.
    @Test func withoutATranscriberWholeTurnsAreTranscribed() async throws {
        let scripted = conversation(transcribedWhileSpokenBy: nil)
        #expect(try await scripted.play("..SSS.........").hasPrefix("[]abc"))
    }

    @Test func transcriptsOfTurnsInProgressAreReplayed() async throws {
        let entries = Mutex<[ReplayTrace.Entry]>([])
        let line = "..SSS.........SSS........."
        let played = try await conversation(transcribedWhileSpokenBy: ScriptedTranscriber()) { options in
            options.onReplayEntry = { entry in entries.withLock { $0.append(entry) } }
        }.play(line)
        let replayed = try await conversation(transcribedWhileSpokenBy: ScriptedTranscriber()) { options in
            options.pace = .replayed(ReplayTrace(entries.withLock { $0 }))
        }.play(line)
        #expect(replayed == played)
    }

    @Test func aTranscriberWritesDownTheWholeTurn() async throws {
        let scripted = ScriptedConversation("abc") { options in
            options.transcribes = true
            options.transcriber = ScriptedTranscriber()
        }
        // Padding of one window, three of speech, two of silence.
        #expect(try await scripted.play("..SSS.........").contains("6\"6\""))
        // The language model was asked for the reply alone.
        #expect(scripted.model.asked.count == 1)
    }

    /// Also a turn that a caller ends; its audio is not needed by the encoder any more.
    @Test func aTranscriberWritesDownATurnThatACallerEnds() async throws {
        let scripted = ScriptedConversation("abc") { options in
            options.turns = nil
            options.transcribes = true
            options.respondsToTurns = false
            options.transcriber = ScriptedTranscriber()
            options.pace = .real
        }
        let conversation = scripted.makeSession().converse(scripted.options)
        for count in [40, 3] {
            for _ in 0..<count {
                await conversation.push(AudioChunk(ScriptedConversation.audio("S"), sampleRate: 16_000))
            }
            conversation.commit()
        }
        await conversation.finish()
        #expect(try await sketch(conversation).contains("40\"40\""))
    }

    @Test func aTranscriberThatFailsDoesNotEndTheConversation() async throws {
        let scripted = ScriptedConversation("abc") { options in
            options.transcribes = true
            options.transcriber = ScriptedTranscriber(fails: true)
        }
        let line = try await scripted.play("..SSS.........SSS.......")
        #expect(line.filter { $0 == "E" }.count == 2 && line.hasSuffix(";"))
    }
}
