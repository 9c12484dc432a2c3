import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// Whole conversations as lines: windows in, events out. Time is the audio's own, so that nothing depends on the
/// machine.
@Suite(.timeLimit(.minutes(10))) struct ConversationTests {
    @Test(arguments: [
        // No speech, or hardly any.
        ("", ";"),
        ("....", ";"),
        ("..S.....", "[-;"),
        // A turn, and its reply: prepared, ended, made known at once, heard over three windows.
        ("..SS.......", "[?](5)ab1c11./;"),
        // The audio ends before the reply is heard, and in the middle of a word.
        ("..SS....", "[?](5)ab1c11./;"),
        ("..SS", "[](5)ab1c11./;"),
        // A pause: what was prepared is dropped, and not heard of.
        ("..SS..SS.......", "[?x?](5)ab1c11./;"),
        // Two turns.
        ("SS.........SS.......", "[?](5)ab1c11./[?](5)ab1c11./;"),
        // Over the reply: "uh-huh", and speech that goes on.
        ("SS......SS......", "[?](5)ab1c11.p2r/;"),
        ("SS......SSS....", "[?](5)ab1c11.p2!2ab [?](5)ab1c11./;"),
    ])
    func timeline(line: String, expected: String) async throws {
        #expect(try await ScriptedConversation("abc").play(line) == expected)
    }

    /// A reply without end: ten frames ahead at first, and one more for each that is heard.
    @Test(arguments: [1, 5, 40]) func generationRunsAheadOnlySoFar(_ heardCount: Int) async throws {
        let scripted = ScriptedConversation("a", isEndless: true) { $0.runAhead = .milliseconds(32) * 10 }
        let conversation = scripted.begin("SS...." + String(repeating: ".", count: heardCount))
        var audioCount = 0
        for try await event in conversation {
            if case .reply(_, .audio) = event { audioCount += 1 }
            if audioCount == 10 + heardCount { break }
        }
        // The codec is a frame late.
        #expect(scripted.model.stepCount <= 12 + heardCount)
    }

    @Test func whatIsPreparedGoesNoFurtherThanItsFirstAudio() async throws {
        let scripted = ScriptedConversation("a", isEndless: true)
        let conversation = scripted.begin("SS..SS..SS")
        var text = ""
        for try await event in conversation {
            text += event.sketch
            if text == "[?x?x" { break }
        }
        // Two steps for each first frame.
        #expect(scripted.model.stepCount == 4)
        #expect(scripted.model.asked.count == 2)
    }

    /// Speech of one window pauses the reply, of three stops it; what was heard of it is known.
    @Test(arguments: [
        ("SS..........S........", "[?](5)ab1c1d1e1f1g1h11.p6r/;"),
        ("SS..........SSS......", "[?](5)ab1c1d1e1f1g1h11.p6!6abcdef [?](5)ab1c1d1e1f1g1h11./;"),
    ])
    func speechOverTheReply(line: String, expected: String) async throws {
        #expect(try await ScriptedConversation("abcdefgh").play(line) == expected)
    }

    /// Of a reply that is still being made, nothing more is heard of than its last word.
    @Test func speechOverAReplyThatGoesOn() async throws {
        let scripted = ScriptedConversation("abcdefghabcdefgh") { $0.runAhead = .milliseconds(32) * 2 }
        let found = try await scripted.play("SS......SSS......f")
        #expect(found.hasPrefix("[?](5)ab1c1d1e1p2!2ab [x?](5)ab1"))
    }

    @Test func theQuestionIsTheTurnsAudio() async throws {
        let scripted = ScriptedConversation("abc")
        _ = try await scripted.play("...SSS..S.......")
        let window = TurnTimeline.windowSampleCount
        let audio = ScriptedConversation.audio("...SSS..S.......")
        let heard = scripted.model.asked.compactMap { asked -> [Float]? in
            if case .speech(let utterance) = asked.question { utterance.samples } else { nil }
        }
        // What was prepared at the pause, and what was answered: one window before, two after.
        #expect(heard.last == Array(audio[2 * window..<11 * window]))
        #expect(heard.first == Array(audio[2 * window..<8 * window]) || heard.count == 1)
    }

    @Test func metricsCount() async throws {
        let scripted = ScriptedConversation("abcdefgh")
        var found: ConversationMetrics?
        for try await event in scripted.begin("SS..SS......S.........SS......SSS.......") {
            if case .finished(let metrics) = event { found = metrics }
        }
        let metrics = try #require(found)
        #expect(metrics.turnCount == 3)
        #expect(metrics.preparationCount == 4)
        #expect(metrics.droppedPreparationCount == 1)
        #expect(metrics.falseInterruptionCount == 1)
        #expect(metrics.interruptionCount == 1)
        #expect(metrics.underrunCount == 0)
        #expect(metrics.duration == .milliseconds(32) * 40)
    }

    @Test func turnsAreWrittenDown() async throws {
        let scripted = ScriptedConversation("ab") { $0.transcribes = true }
        let found = try await scripted.play("SS........")
        #expect(found == "[?](5)ab11.ab\"ab\"/;")
        #expect(scripted.model.asked.map(\.mode) == [.speechToSpeechBatch, .transcription])
    }

    @Test func windowsAreReported() async throws {
        let scripted = ScriptedConversation("abc") { $0.reportsWindows = true }
        var reports: [WindowReport] = []
        for try await event in scripted.begin(".Sw.") { if case .window(let report) = event { reports.append(report) } }
        #expect(reports.map(\.place) == (0..<4).map { .milliseconds(32) * $0 })
        #expect(reports.map(\.probability) == [0.1, 0.9, 0.4, 0.1])
        #expect(zip(reports, [0.1, 0.9, 0.4, 0.1] as [Float]).allSatisfy { abs($0.level - $1) < 1e-4 })
        #expect(reports.map(\.phase) == [.listening, .hearing, .hearing, .hearing])
    }
}
