import OmniPipeline
import OmniTesting
import Testing

/// Turns that end by a model's judgement; the lines are those of ``TurnTimeline``.
@Suite struct SemanticTurnTests {
    /// The judgement of a pause of 2 windows; 4 windows of silence without one; an unfinished turn ends with the
    /// longest turn, or after ``SemanticTurnEnd/Eagerness/maximumSilence``.
    private static var settings: TurnSettings {
        var settings = TurnTimeline.settings
        settings.semantic = SemanticTurnEnd()
        settings.maximumTurn = .seconds(60)
        return settings
    }

    @Test(arguments: [
        // A finished turn ends at once.
        ("..SS..F....", "..[..j]...."),
        ("SS..Ff.SS..F", "[..j]..[..j]"),
        // An unfinished one goes on.
        ("..SS..U....SS..F", "..[..j........j]"),
        ("..SS..U.SS..U.SS..F", "..[..j.....j.....j]"),
        // Without a judgement silence decides, whether the model has none or has not answered.
        ("..SS..N...", "..[..j..]."),
        ("..SS.......", "..[..j.]..."),
        // The end of the audio ends every turn.
        ("..SS..U..|", "..[..j...]"),
        // A judgement that comes too late, or twice, changes nothing.
        ("..SS..SF...", "..[..j...j."),
        ("..SS..UF....", "..[..j......"),
        ("..SS....F.F", "..[..j.]..."),
        ("F..SS..F", "...[..j]"),
        // Nothing is judged that is too short.
        ("..S.......", "..[...-..."),
        // Over a reply: an interruption is a turn like others.
        ("SS..FSSS..U.SS..F", "[..j]p.!.j.....j]"),
    ])
    func timeline(input: String, expected: String) {
        #expect(TurnTimeline.play(input, Self.settings).line == expected)
    }

    /// Windows of 32 ms between the end of speech and the end of an unfinished turn.
    @Test(arguments: [(SemanticTurnEnd.Eagerness.low, 250), (.medium, 125), (.auto, 125), (.high, 63)])
    func anUnfinishedTurnEndsAfterTheLongestWait(eagerness: SemanticTurnEnd.Eagerness, windowCount: Int) {
        var settings = Self.settings
        settings.semantic?.eagerness = eagerness
        let line = "SS..U" + String(repeating: ".", count: windowCount)
        let output = TurnTimeline.play(line, settings).line
        // One symbol is the judgement, two windows came before it.
        #expect(output.firstIndex(of: "]").map { output.distance(from: output.startIndex, to: $0) } == windowCount + 2)
    }

    @Test func anUnfinishedTurnHasAtLeastTheSilenceOfAnyOther() {
        var settings = Self.settings
        settings.silence = .seconds(10)
        settings.semantic?.eagerness = .high
        let output = TurnTimeline.play("SS..U" + String(repeating: ".", count: 400), settings).line
        #expect(output.firstIndex(of: "]").map { output.distance(from: output.startIndex, to: $0) } == 315)
    }

    @Test func theThresholdDecides() {
        var settings = Self.settings
        settings.semantic?.threshold = 0.95
        #expect(TurnTimeline.play("..SS..F...SS", settings).line == "..[..j......")
        settings.semantic?.threshold = 0.05
        #expect(TurnTimeline.play("..SS..U", settings).line == "..[..j]")
    }

    /// What is judged is what the turn consists of.
    @Test func theJudgedAudioIsTheTurns() {
        let actions = TurnTimeline.play("...SSS..F", Self.settings).actions
        let window = TurnTimeline.windowSampleCount
        let audio = (2 * window)..<(8 * window)
        #expect(actions == [.speechStarted(sample: 2 * window), .judgeTurnEnd(audio), .commit(audio)])
        #expect(TurnTimeline.play("...SSS..U", Self.settings).actions.count == 2)
    }

    /// With no occasion to judge, silence decides.
    @Test func withoutCandidatesNothingIsJudged() {
        var settings = Self.settings
        settings.candidateSilence = nil
        #expect(TurnTimeline.play("..SS..F..", settings).line == "..[.....]")
    }

    /// Whatever comes, turns follow each other, each begins before it ends, and only what is over is judged.
    @Test(arguments: 0..<100)
    func laws(seed: UInt64) {
        var noise = Noise(seed: seed)
        let symbols = Array(".....SSSSSwfFUN")
        let line = String(noise.floats(400, scale: 1).map { symbols[Int(abs($0) * 1e4) % symbols.count] }) + "|"
        var lastEnd = 0
        for action in TurnTimeline.play(line, Self.settings).actions {
            switch action {
            case .commit(let audio), .judgeTurnEnd(let audio):
                #expect(audio.lowerBound >= lastEnd && !audio.isEmpty)
                if case .commit = action { lastEnd = audio.upperBound }
            case .prepareReply, .dropPreparedReply: Issue.record("a reply is prepared although the model will judge")
            default: break
            }
        }
        #expect(lastEnd > 0)
    }
}
