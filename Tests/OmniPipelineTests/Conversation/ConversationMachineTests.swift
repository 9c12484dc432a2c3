import OmniCore
import OmniTesting
import Testing

@testable import OmniPipeline

/// The machine alone: inputs as a line, actions as a line. No task, no clock.
@Suite struct ConversationMachineTests {
    private struct Bench {
        var machine: ConversationMachine
        var now = Duration.zero

        init(change: (inout ConversationOptions) -> Void = { _ in }) {
            var options = ConversationOptions()
            options.turns = TurnTimeline.settings
            change(&options)
            machine = ConversationMachine(
                options, windowSampleCount: TurnTimeline.windowSampleCount, sampleRate: 16_000, canDetect: true)
        }

        mutating func handle(_ input: ConversationMachine.Input) -> String {
            now += .milliseconds(32)
            return machine.handle(input, at: now).map(Self.sketch).joined()
        }

        /// Windows as ``ScriptedConversation/audio(_:)`` reads them.
        mutating func hear(_ line: String, mayPrepare: Bool = true) -> String {
            line.map { symbol in
                handle(
                    .window(
                        ConversationMachine.Window(
                            sampleCount: TurnTimeline.windowSampleCount, level: 0,
                            probability: symbol == "S" ? 0.9 : 0.1, mayPrepare: mayPrepare)))
            }.joined()
        }

        /// A chunk of audio of a reply, of so many windows, that was taken and heard in part.
        mutating func play(_ id: Int, windows: Int, heard: Int) -> String {
            let id = ReplyID(index: id)
            let chunk = AudioChunk(Array(repeating: 0, count: windows * 32), sampleRate: 1000)
            var clock = PlaybackClock()
            clock.deliver(chunk.duration, at: .zero)
            clock.correct(heard: .milliseconds(32) * heard)
            return handle(.reply(id, .event(.audio(chunk), spokenAt: .zero))) + handle(.playback(id, clock))
        }

        /// Events as ``ConversationEvent/sketch``; `b0` begins reply 0 · `a0` lets it go on · `i0` stops it · `f0`
        /// releases it · `j` asks whether the turn is over · `T` transcribes · `k` keeps a question. What only moves
        /// audio is left out.
        static func sketch(_ action: ConversationMachine.Action) -> String {
            switch action {
            case .emit(let event): event.sketch
            case .begin(let id, _): "b\(id.index)"
            case .allow(let id, _): "a\(id.index)"
            case .pause, .resume: ""
            case .interrupt(let id): "i\(id.index)"
            case .release(let id): "f\(id.index)"
            case .transcribe, .beginTranscript: "T"
            case .endTranscript, .dropTranscript: "t"
            case .judgeTurnEnd: "j"
            case .keepUtterance, .keepAudio: "k"
            case .encode, .advance, .dropUtterance: ""
            }
        }
    }

    @Test func aPreparedReplyIsUsed() {
        var bench = Bench()
        #expect(bench.hear("SS....") == "[kb0?a0]")
        #expect(bench.play(0, windows: 2, heard: 0) == "0")
        #expect(bench.handle(.settle) == "")
        #expect(bench.handle(.reply(ReplyID(index: 0), .end(nil))) == "")
        #expect(bench.handle(.settle) == "")
        var clock = PlaybackClock()
        clock.deliver(.milliseconds(64), at: .zero)
        clock.correct(heard: .milliseconds(64))
        #expect(bench.handle(.playback(ReplyID(index: 0), clock)) == "")
        #expect(bench.handle(.settle) == "f0/")
        #expect(bench.machine.isIdle)
    }

    /// What is prepared by options that hold no longer is dropped.
    @Test func otherOptionsDropAPreparedReply() {
        let changes: [(inout ConversationOptions) -> Void] = [
            { $0.respondsToTurns = false }, { $0.mode = .speechToText }, { $0.generation.maximumStepCount = 3 },
        ]
        for change in changes {
            var bench = Bench()
            #expect(bench.hear("SS..") == "[kb0?")
            var options = bench.machine.options
            change(&options)
            #expect(bench.handle(.command(.change(options))) == "f0x")
            #expect(bench.hear("..") == (options.respondsToTurns ? "kb1]" : "k]"))
        }
        var bench = Bench()
        #expect(bench.hear("SS..") == "[kb0?")
        var options = bench.machine.options
        options.runAhead = .seconds(1)
        #expect(bench.handle(.command(.change(options))) == "" && bench.hear("..") == "a0]")
    }

    /// Speech over a reply is no turn when turns are no longer found.
    @Test func speechOverAReplyIsForgottenWhenACallerEndsTurns() {
        var bench = Bench()
        _ = bench.hear("SS....") + bench.play(0, windows: 50, heard: 1)
        #expect(bench.hear("SS") == "p1")
        var options = bench.machine.options
        options.turns = nil
        #expect(bench.handle(.command(.change(options))) == "r")
    }

    /// Speech over a reply is nothing any more when it may not interrupt it.
    @Test func speechOverAReplyIsForgottenWhenItMayNotInterrupt() {
        for isPaused in [true, false] {
            var bench = Bench { if !isPaused { $0.turns?.minimumInterruption = TurnTimeline.windows(3) } }
            _ = bench.hear("SS....") + bench.play(0, windows: 50, heard: 1)
            #expect(bench.hear("SS") == (isPaused ? "p1" : ""))
            var turns = TurnTimeline.settings
            turns.interruptsReply = false
            #expect(bench.handle(.command(.changeTurns(turns))) == (isPaused ? "r" : ""))
            #expect(bench.hear("S....") == "" && !bench.machine.isPaused)
            _ = bench.handle(.reply(ReplyID(index: 0), .end(nil)))
            var clock = PlaybackClock()
            clock.deliver(.seconds(2), at: .zero)
            clock.correct(heard: .seconds(2))
            _ = bench.handle(.playback(ReplyID(index: 0), clock))
            #expect(bench.handle(.settle) == "f0/")
            #expect(bench.hear("....") == "" && bench.machine.isIdle)
        }
    }

    /// What a turn had prepared goes with it when it has become too short for one.
    @Test func aTurnThatHasBecomeTooShortTakesItsPreparedReplyAlong() {
        var bench = Bench()
        #expect(bench.hear("SS..") == "[kb0?")
        var turns = TurnTimeline.settings
        turns.minimumSpeech = TurnTimeline.windows(9)
        #expect(bench.handle(.command(.changeTurns(turns))) == "")
        #expect(bench.hear("..") == "f0x-" && bench.machine.isIdle)
    }

    /// A reply that a caller asks for drops the turn in progress, which does not come back where speech may not
    /// interrupt.
    @Test(arguments: [(true, "p0i0!0 [kb1?a1]"), (false, "")])
    func aDroppedTurnDoesNotComeBack(_ interruptsReply: Bool, _ expected: String) {
        var bench = Bench {
            $0.turns?.interruptsReply = interruptsReply
            $0.turns?.minimumInterruption = TurnTimeline.windows(3)
        }
        #expect(bench.hear("SS") == "[")
        let request = RespondRequest(question: .text("a"), mode: .textToText, generation: nil)
        #expect(bench.handle(.command(.respond(request))) == "-b0")
        #expect(bench.hear("S....") == expected)
        if !interruptsReply {
            _ = bench.handle(.reply(ReplyID(index: 0), .end(nil)))
            #expect(bench.handle(.settle) == "f0/" && bench.hear("....") == "")
        }
    }

    /// A turn that ends by a judgement has all its audio, and no reply is prepared before.
    @Test func aTurnEndsByAJudgement() {
        var bench = Bench { $0.turns?.semantic = SemanticTurnEnd() }
        #expect(bench.hear("SS..") == "[j")
        let audio = 0..<4 * TurnTimeline.windowSampleCount
        #expect(bench.handle(.turnEndJudged(audio, probability: 0.2)) == "")
        #expect(bench.hear("SS..") == "j")
        // That was another pause.
        #expect(bench.handle(.turnEndJudged(audio, probability: 0.9)) == "")
        let whole = 0..<8 * TurnTimeline.windowSampleCount
        #expect(bench.handle(.turnEndJudged(whole, probability: 0.9)) == "kb0]")
    }

    @Test func aPreparedReplyIsDropped() {
        var bench = Bench()
        #expect(bench.hear("SS..S") == "[kb0?f0x")
        #expect(bench.machine.preparedReply == nil)
    }

    /// What could not be prepared is asked for at the end of the turn; what may not be prepared is not.
    @Test func preparationsThatFailOrMayNotBe() {
        var failing = Bench()
        #expect(failing.hear("SS..") == "[kb0?")
        #expect(failing.handle(.preparationFailed(ReplyID(index: 0))) == "f0")
        #expect(failing.hear("..") == "kb1]")
        var busy = Bench()
        #expect(busy.hear("SS....", mayPrepare: false) == "[kb0]")
        #expect(busy.machine.metrics.preparationCount == 0)
    }

    @Test func aReplyThatIsStoppedHasALastWord() {
        var bench = Bench()
        _ = bench.hear("SS....")
        _ = bench.play(0, windows: 8, heard: 3)
        #expect(bench.hear("S") == "p3")
        #expect(bench.hear("SS") == "i0!3 [")
        #expect(bench.handle(.reply(ReplyID(index: 0), .event(.text("a"), spokenAt: .zero))) == "")
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.ending = .interrupted
        #expect(bench.handle(.reply(ReplyID(index: 0), .event(.finished(metrics), spokenAt: .zero))) == "x")
        #expect(bench.handle(.reply(ReplyID(index: 0), .end(nil))) == "f0")
        #expect(bench.machine.stopping.isEmpty)
    }

    /// A turn that a caller ends while a reply plays stops that reply.
    @Test func aManualTurnOverAReply() {
        var bench = Bench { $0.turns = nil }
        _ = bench.hear("SS")
        #expect(bench.handle(.command(.commit)) == "kb0]")
        _ = bench.play(0, windows: 8, heard: 3)
        _ = bench.hear("S")
        #expect(bench.handle(.command(.commit)) == "ki0!3 b1]")
        #expect(bench.handle(.command(.commit)) == "W")
    }

    /// Audio that was recorded elsewhere is a turn; a turn in progress keeps its name.
    @Test func aRecordedTurn() {
        var bench = Bench {
            $0.transcribes = true; $0.respondsToTurns = false
        }
        _ = bench.hear("SS")
        #expect(bench.machine.currentTurn == TurnID(index: 0))
        #expect(bench.handle(.command(.commitAudio(AudioChunk([0, 0], sampleRate: 16_000)))) == "k]")
        #expect(bench.machine.lastTurn == TurnID(index: 1) && bench.machine.currentTurn == TurnID(index: 0))
        #expect(bench.handle(.settle) == "T")
        #expect(bench.handle(.transcript(.end(nil))) == "\"\"")
        #expect(bench.hear("....") == "k]")
        #expect(bench.machine.lastTurn == TurnID(index: 0))
    }

    /// Too many turns that wait to be transcribed: the oldest is left out, and said to be.
    @Test func transcriptsAreBounded() {
        var bench = Bench {
            $0.transcribes = true; $0.respondsToTurns = false; $0.turns = nil
        }
        let recorded = ConversationMachine.Input.command(.commitAudio(AudioChunk([0], sampleRate: 16_000)))
        let text = (0..<TranscriptQueue.capacity + 2).map { _ in bench.handle(recorded) }.joined()
        #expect(text.filter { $0 == "W" }.count == 2)
        #expect(!bench.machine.needs(TurnID(index: 1)) && bench.machine.needs(TurnID(index: 2)))
    }

    private static func turns(_ noise: inout Noise) -> TurnSettings? {
        var turns = TurnTimeline.settings
        turns.interruptsReply = Bool.random(using: &noise)
        turns.minimumSpeech = TurnTimeline.windows(Int.random(in: 0...4, using: &noise))
        turns.minimumInterruption = TurnTimeline.windows(Int.random(in: 0...4, using: &noise))
        turns.candidateSilence = Bool.random(using: &noise) ? TurnTimeline.windows(2) : nil
        return Int.random(in: 0...4, using: &noise) == 0 ? nil : turns
    }

    /// Any inputs in any order: a reply that was begun is released once, and never two are active.
    @Test func anyOrder() {
        var begunCount = 0
        for seed: UInt64 in 0..<200 {
            var noise = Noise(seed: seed)
            var bench = Bench { $0.transcribes = true }
            var (begun, released): (Set<Int>, Set<Int>) = ([], [])
            defer { begunCount += begun.count }
            for _ in 0..<200 {
                let active = bench.machine.activeReply?.id ?? bench.machine.stopping.first ?? ReplyID(index: 0)
                let inputs: [ConversationMachine.Input] = [
                    .window(.init(sampleCount: 512, level: 0, probability: 0.9)),
                    .window(.init(sampleCount: 512, level: 0, probability: 0.1)), .command(.commit), .command(.clear),
                    .command(.interrupt), .reply(active, .event(.text("a"), spokenAt: .zero)),
                    .reply(active, .end(nil)),
                    .command(.respond(RespondRequest(question: .text("a"), mode: .textToText, generation: nil))),
                    .command(.truncate(active, heard: .zero)), .settle, .transcript(.end(nil)),
                    .preparationFailed(bench.machine.preparedReply ?? active),
                    .command(.changeTurns(Self.turns(&noise))),
                ]
                guard let input = inputs.randomElement(using: &noise) else { continue }
                for action in bench.machine.handle(input, at: .zero) {
                    if case .begin(let id, _) = action { #expect(begun.insert(id.index).inserted, "seed \(seed)") }
                    if case .release(let id) = action { #expect(released.insert(id.index).inserted, "seed \(seed)") }
                }
                // Turns and replies agree with each other.
                let phase = bench.machine.turnMachine.phase
                #expect(!bench.machine.isPaused || phase == .contested, "seed \(seed)")
                #expect(bench.machine.preparedReply == nil || phase == .candidate, "seed \(seed)")
                let live =
                    bench.machine.stopping.map(\.index)
                    + [bench.machine.activeReply?.id, bench.machine.preparedReply].compactMap { $0?.index }
                #expect(begun.subtracting(released) == Set(live), "seed \(seed)")
            }
        }
        #expect(begunCount > 1_000)
    }
}
