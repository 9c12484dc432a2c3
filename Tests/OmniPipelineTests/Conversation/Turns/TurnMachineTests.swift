import OmniPipeline
import OmniTesting
import Testing

@Suite struct TurnMachineTests {
    @Test(arguments: [
        // No speech, or hardly any.
        ("", ""),
        ("........", "........"),
        ("wwwwwwww", "........"),
        ("..S.......", "..[...-..."),
        ("|", "."),
        ("....|", "....."),
        ("..S|", "..[-"),
        // One turn.
        ("..SS....", "..[..?.]"),
        ("..SSS.....", "..[...?.]."),
        ("SS......", "[..?.].."),
        ("..SwwS....", "..[....?.]"),
        ("..Sww.....", "..[...?.]."),
        ("..SSSS|", "..[...]"),
        ("..SSSS.|", "..[....]"),
        ("..SSSS..|", "..[....?]"),
        ("SS....|f", "[..?.].."),
        // A pause inside a turn.
        ("..S...S...", "..[.....?."),
        ("..SS.SS....", "..[.....?.]"),
        ("..SS..SS....", "..[..?x..?.]"),
        ("..SS...SS....", "..[..?.x..?.]"),
        ("SS..w.....", "[..?x.?.]."),
        // The longest turn.
        ("SSSSSSSSSSSSSSSS", "[..........]p.!."),
        (".SSSSSSSSSSSSSSSS", ".[.........]p.!.."),
        ("SSSSSSSSSS....", "[..........].."),
        ("SS..SS..SS..SS..", "[..?x..?x..]p..r"),
        ("..SS..S..S..S....", "..[..?x.?x.?X...."),
        // Two turns, the reply between them.
        ("SS....f.SS....", "[..?.]..[..?.]"),
        ("SS....fSS....", "[..?.].[..?.]"),
        ("SS....ff..", "[..?.]...."),
        ("f.SS....", "..[..?.]"),
        // Over a reply: a murmur, a cough, "uh-huh", an interruption.
        ("SS....w.w.f", "[..?.]....."),
        ("SS....S....f", "[..?.]p.r..."),
        ("SS....SS....f", "[..?.]p..r..."),
        ("SS....S..S..S..f", "[..?.]p.rp.rp.r."),
        ("SS....SSS....", "[..?.]p.!.?.]"),
        ("SS....SSSSS....", "[..?.]p.!...?.]"),
        ("SS....S.S...f", "[..?.]p.!.?.."),
        ("SS....SSS.SS....", "[..?.]p.!....?.]"),
        ("SS....SSS....SSS....", "[..?.]p.!.?.]p.!.?.]"),
        ("SS....SSSf", "[..?.]p.!."),
        // The reply ends during speech over it.
        ("SS....SSfSS....", "[..?.]p.[...?.]"),
        ("SS....Sf.......", "[..?.]p[...-..."),
        ("SS....S.fS....", "[..?.]p.[..?.]"),
        // The audio ends during speech over the reply.
        ("SS....S|", "[..?.]pr"),
        ("SS....SS|f", "[..?.]p.r."),
    ])
    func timeline(input: String, expected: String) {
        #expect(TurnTimeline.play(input).line == expected)
    }

    @Test func withoutPreparation() {
        var settings = TurnTimeline.settings
        settings.candidateSilence = nil
        #expect(TurnTimeline.play("..SS..SS....", settings).line == "..[........]")
    }

    @Test func withoutInterruption() {
        var settings = TurnTimeline.settings
        settings.interruptsReply = false
        #expect(TurnTimeline.play("SS....SSSSSSfSS....", settings).line == "[..?.].......[..?.]")
    }

    @Test func shortSpeechDoesNotTouchTheReply() {
        var settings = TurnTimeline.settings
        settings.minimumInterruption = TurnTimeline.windows(2)
        #expect(TurnTimeline.play("SS....S..SS..SSS....f", settings).line == "[..?.]....p.r.p!.?.].")
        // Nor is it a turn when the audio has ended.
        #expect(TurnTimeline.play("SS....S|f", settings).line == "[..?.]...")
    }

    @Test func interruptionWithoutTolerance() {
        var settings = TurnTimeline.settings
        settings.backchannelTolerance = .zero
        #expect(TurnTimeline.play("SS....S.....", settings).line == "[..?.]P...-.")
    }

    @Test func audioOfATurn() {
        let window = TurnTimeline.windowSampleCount
        let actions = TurnTimeline.play("...SSS....").actions
        // One window of padding before, the candidate's two windows of silence after.
        let audio = (2 * window)..<(8 * window)
        #expect(actions == [.speechStarted(sample: 2 * window), .prepareReply(audio), .commit(audio)])
    }

    @Test func paddingDoesNotReachIntoTheTurnBefore() {
        var settings = TurnTimeline.settings
        settings.prefixPadding = TurnTimeline.windows(100)
        let window = TurnTimeline.windowSampleCount
        let actions = TurnTimeline.play("...SS....f.SS....", settings).actions
        let commits = actions.compactMap { if case .commit(let audio) = $0 { audio } else { nil } }
        #expect(commits == [0..<(7 * window), (7 * window)..<(14 * window)])
    }

    @Test func whatIsNoNumberIsSilence() {
        var machine = TurnMachine(TurnSettings(), windowSampleCount: 512, sampleRate: 16_000)
        #expect(machine.push(.nan).isEmpty && machine.phase == .listening)
    }

    /// Whatever comes, turns follow each other, a prepared reply is to the turn that is committed, and pauses are
    /// ended.
    @Test(arguments: 0..<200)
    func laws(seed: UInt64) {
        var noise = Noise(seed: seed)
        let symbols = Array(".....SSSSSwf")
        let line = String(noise.floats(400, scale: 1).map { symbols[Int(abs($0) * 1e4) % symbols.count] }) + "|"
        var prepared: Range<Int>?
        var lastEnd = 0
        var isPaused = false
        for action in TurnTimeline.play(line).actions {
            switch action {
            case .prepareReply(let audio): prepared = audio
            case .dropPreparedReply:
                #expect(prepared != nil)
                prepared = nil
            case .judgeTurnEnd: Issue.record("nothing judges")
            case .commit(let audio):
                #expect(audio.lowerBound >= lastEnd && !audio.isEmpty)
                #expect(prepared == nil || prepared == audio)
                (lastEnd, prepared) = (audio.upperBound, nil)
            case .pauseReply:
                #expect(!isPaused)
                isPaused = true
            case .resumeReply, .interruptReply:
                #expect(isPaused)
                isPaused = false
            case .speechStarted: isPaused = false
            case .speechDropped: #expect(prepared == nil)
            }
        }
        #expect(!isPaused)
    }
}
