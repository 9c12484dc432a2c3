import Foundation
import OmniPipeline
import OmniVAD
import OmniWhisper

/// How well the turns of a scene are found, by the rules of a conversation alone: answers last as long as the scene
/// says.
struct SceneScore {
    let name: String
    let turnCount: Int
    /// Turns that were found, as one.
    private(set) var foundCount = 0
    /// Turns that were cut in two, or more.
    private(set) var cutCount = 0
    /// Turns that did not end before the next began, or were not heard at all.
    private(set) var missedCount = 0
    /// Turns made of nothing.
    private(set) var falseCount = 0
    private(set) var interruptionCount = 0
    private(set) var stoppedCount = 0
    private(set) var backchannelCount = 0
    private(set) var stoppedByBackchannelCount = 0
    /// Samples from the first of speech to the pause of the reply.
    private var pauseDelays: [Int] = []
    /// Samples from the last of speech to the end of the turn, for turns that were found.
    private var endDelays: [Int] = []
    /// What judgements took.
    private var judgementTimes: [Duration] = []

    /// - Parameters:
    ///   - scene: what is heard.
    ///   - model: hears speech.
    ///   - prepareAfter: silence after which a turn is judged.
    ///   - turnEnd: judges whether a turn is over; `nil` to let silence end turns.
    init(
        of scene: Scene, heardBy model: SileroVAD, prepareAfter: Duration, turnEnd: SmartTurn? = nil
    ) throws {
        name = scene.name
        turnCount = scene.turns.count
        interruptionCount = scene.interruptions.count
        backchannelCount = scene.backchannels.count
        var settings = TurnSettings()
        settings.candidateSilence = prepareAfter
        if turnEnd != nil { settings.semantic = SemanticTurnEnd() }
        var machine = TurnMachine(
            settings, windowSampleCount: model.windowSampleCount, sampleRate: model.sampleRate)
        var commits: [Commit] = []
        var answerEnd: Int?
        var isPaused = false
        let answerCount = Int(scene.answerSeconds * Double(Scene.sampleRate))
        func take(_ actions: [TurnAction], _ score: inout SceneScore) throws {
            for action in actions {
                switch action {
                case .commit(let audio):
                    commits.append(Commit(audio: audio, position: machine.position))
                    answerEnd = machine.position + answerCount
                case .judgeTurnEnd(let audio):
                    let samples = Array(scene.samples[audio.clamped(to: scene.samples.indices)])
                    var probability: Float?
                    let time = try ContinuousClock().measure {
                        probability = try turnEnd?.turnEndProbability(of: samples.span)
                    }
                    score.judgementTimes.append(time)
                    try take(machine.judge(audio, turnEndProbability: probability), &score)
                case .pauseReply(let sample):
                    isPaused = true
                    score.paused(at: machine.position, speech: sample, scene)
                case .resumeReply: isPaused = false
                case .interruptReply(let sample):
                    (isPaused, answerEnd) = (false, nil)
                    score.stopped(speech: sample, scene)
                default: break
                }
            }
        }
        for probability in try model.probabilities(of: AudioChunk(scene.samples, sampleRate: Scene.sampleRate)) {
            try take(machine.push(probability), &self)
            if isPaused { answerEnd? += model.windowSampleCount }
            if let end = answerEnd, machine.position >= end, !isPaused {
                answerEnd = nil
                try take(machine.replyFinished(), &self)
            }
        }
        try take(machine.finish(), &self)
        judge(commits, scene)
    }

    /// A turn that was found, and where it was known to be over.
    private struct Commit {
        let audio: Range<Int>
        let position: Int
    }

    private mutating func judge(_ commits: [Commit], _ scene: Scene) {
        /// Turns of which a commit has at least half a second, or half.
        func touched(_ commit: Range<Int>) -> [Int] {
            scene.turns.indices.filter { index in
                let turn = scene.turns[index]
                return turn.clamped(to: commit).count >= min(turn.count / 2, Scene.sampleRate / 2)
            }
        }
        var commitCounts = Array(repeating: 0, count: turnCount)
        var isMerged = Array(repeating: false, count: turnCount)
        var ends = Array(repeating: 0, count: turnCount)
        for commit in commits {
            let turns = touched(commit.audio)
            // A piece of a turn that is too small to be one is a cut as well.
            if turns.isEmpty {
                if let turn = scene.turns.firstIndex(where: { $0.overlaps(commit.audio) }) {
                    commitCounts[turn] += 1
                } else {
                    falseCount += 1
                }
            }
            for turn in turns {
                commitCounts[turn] += 1
                if turns.count > 1 { isMerged[turn] = true }
                ends[turn] = commit.position
            }
        }
        for turn in 0..<turnCount {
            switch commitCounts[turn] {
            case 0: missedCount += 1
            case 1 where isMerged[turn]: missedCount += 1
            case 1:
                foundCount += 1
                endDelays.append(ends[turn] - scene.turns[turn].upperBound)
            default: cutCount += 1
            }
        }
    }

    private mutating func paused(at position: Int, speech: Int, _ scene: Scene) {
        let near = (scene.interruptions + scene.backchannels).first { $0.lowerBound - 4000..<$0.upperBound ~= speech }
        if let near { pauseDelays.append(position - near.lowerBound) }
    }

    private mutating func stopped(speech: Int, _ scene: Scene) {
        if scene.interruptions.contains(where: { $0.lowerBound - 4000..<$0.upperBound ~= speech }) { stoppedCount += 1 }
        if scene.backchannels.contains(where: { $0.lowerBound - 4000..<$0.upperBound ~= speech }) {
            stoppedByBackchannelCount += 1
        }
    }

    /// From the last sample of speech to the end of the turn, for a part of the turns.
    private func endDelay(_ part: Double) -> String {
        guard !endDelays.isEmpty else { return "–" }
        let delay = endDelays.sorted()[min(Int(part * Double(endDelays.count)), endDelays.count - 1)]
        return "\(delay * 1000 / Scene.sampleRate) ms"
    }

    static func table(_ scores: [SceneScore]) -> String {
        var text = "| recording | turns | found | cut | missed | of nothing | over after, median | 90 % |\n"
        text += "|---|---|---|---|---|---|---|---|\n"
        for score in scores {
            text += "| \(score.name) | \(score.turnCount) | \(score.foundCount) | \(score.cutCount) | "
            text += "\(score.missedCount) | \(score.falseCount) | \(score.endDelay(0.5)) | \(score.endDelay(0.9)) |\n"
        }
        let times = scores.flatMap(\.judgementTimes).sorted()
        if let least = times.first {
            func milliseconds(_ time: Duration) -> String { String(format: "%.1f", time / .milliseconds(1)) }
            text += "\n\(times.count) judgements took \(milliseconds(times[times.count / 2])) ms each in the median, "
            text += "\(milliseconds(least)) ms at least.\n"
        }
        for score in scores where score.interruptionCount > 0 {
            text += "\nOf \(score.interruptionCount) questions over a reply, \(score.stoppedCount) stopped it; "
            text += "of \(score.backchannelCount) \"uh-huh\", \(score.stoppedByBackchannelCount) did.\n"
            if !score.pauseDelays.isEmpty {
                let median = score.pauseDelays.sorted()[score.pauseDelays.count / 2]
                text += "From the first sample of speech to the pause of the reply: median "
                text += "\(median * 1000 / Scene.sampleRate) ms, at most "
                text += "\((score.pauseDelays.max() ?? 0) * 1000 / Scene.sampleRate) ms of audio.\n"
            }
        }
        return text
    }
}
