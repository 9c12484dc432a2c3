import OmniCore
import OmniPipeline
import OmniTesting
import Testing

/// How soon a reply falls silent when the speaker speaks over it: in windows of audio and steps of the model, which the
/// test hands out one by one. No clock is looked at, so that the machine's speed does not matter.
///
/// The limit: nothing of the reply is made known after the window in which speech is heard, and after the window that
/// stops it no more than the step in progress is computed, of which only the end is told.
@Suite(.timeLimit(.minutes(5))) struct ConversationInterruptionTests {
    /// A conversation at real pace whose model stands in the middle of its third step, with one frame of audio made
    /// known.
    private struct Scene {
        let gate = StepGate()
        let audio = HandFedAudio()
        let model: ScriptedModel
        var events: EventTaker

        init(tolerance: Int, beside: Bool) async throws {
            var scripted = ScriptedConversation("") {
                $0.pace = .real
                $0.reportsWindows = true
                $0.turns?.backchannelTolerance = TurnTimeline.windows(tolerance)
            }
            model = ScriptedModel(ScriptedStep.spelling("abcdefgh"), isEndless: true, gate: gate)
            scripted.model = model
            scripted.codec.isConcurrent = beside
            events = EventTaker(
                scripted.makeSession().converse(listeningTo: audio.audio, options: scripted.options))
            audio.say("SS....")
            #expect(try await events.take(windows: 6) == "[?]")
            gate.open(2)
            #expect(try await events.take(events: 4) == "(5)ab1")
            let gate = gate
            let isInThirdStep = try await eventually { gate.arrivalCount == 3 }
            #expect(isInThirdStep)
        }
    }

    /// At once, and after two windows in which it might have been an "uh-huh"; with the codec between steps and beside.
    @Test(arguments: [1, 3], [false, true])
    func noMoreThanAWindowAndAStep(tolerance: Int, beside: Bool) async throws {
        var scene = try await Scene(tolerance: tolerance, beside: beside)
        // The model computes on meanwhile; no task waits for it.
        for window in 1...tolerance {
            scene.audio.say("S")
            let expected = (window == 1 ? "p" : "") + (window == tolerance ? "![" : "")
            let found = try await scene.events.take(windows: 1)
            // How much was heard of the one frame, and whether its text had begun, depends on the clock.
            #expect(found.filter { "p![".contains($0) } == expected)
            #expect(found.allSatisfy { "p![01a ".contains($0) })
        }
        #expect(scene.model.stepCount == 2)
        scene.gate.open(100)
        #expect(try await scene.events.take(events: 1) == "x")
        scene.audio.say("SSSS")
        #expect(try await scene.events.take(windows: 4) == "")
        #expect(scene.model.stepCount == 3)
        scene.audio.hangUp()
    }

    /// Whatever the model makes while the reply pauses is kept until it goes on.
    @Test func nothingIsMadeKnownDuringAPause() async throws {
        var scene = try await Scene(tolerance: 3, beside: false)
        scene.audio.say("S")
        #expect(try await scene.events.take(windows: 1).hasPrefix("p"))
        scene.gate.open(1)
        let (gate, model) = (scene.gate, scene.model)
        let hasGoneOn = try await eventually { gate.arrivalCount == 4 && model.stepCount == 3 }
        #expect(hasGoneOn)
        scene.audio.say("S")
        #expect(try await scene.events.take(windows: 1) == "")
        scene.audio.say("..")
        #expect(try await scene.events.take(events: 3) == "rc1")
        scene.gate.open(100)
        scene.audio.hangUp()
    }
}
