import CommandSupport
import Foundation
import OmniPipeline
import OmniVAD
import OmniWhisper

/// How soon a turn is answered, and a reply falls silent, in a conversation at real pace: each question is spoken
/// over the reply to the one before.
struct LatencyBench {
    let omni: MiniOmni
    let voiceActivity: SileroVAD
    /// Judges whether turns are over, in a third conversation.
    let turnEnd: SmartTurn?
    let questions: SpokenQuestions
    let turnCount: Int
    /// Whether the speaker pauses inside of each question.
    let hasPauses: Bool
    /// Silence after which a turn is judged or its reply prepared.
    let prepareAfter: Duration
    let maxSteps: Int?

    /// What was measured in one conversation.
    struct Result {
        /// From the last sample of speech to the first audio of the reply.
        var answerTimes: [Duration] = []
        /// Questions that were taken to be over before they were.
        var cutCount = 0
        /// Questions that were not answered in the time that one waits.
        var unansweredCount = 0
        /// From the first sample of speech over a reply until it pauses.
        var pauseTimes: [Duration] = []
        /// From the last sample of the window in which that speech is heard until the reply pauses.
        var decisionTimes: [Duration] = []
        /// From there until the last event of the reply that makes something known; below zero when that came before.
        var lastEventTimes: [Duration] = []
        /// From the last sample of the window that stops the reply until it has come to its end.
        var endTimes: [Duration] = []
        /// The longest steps of the replies.
        var stepTimes: [Duration] = []
        var metrics = ConversationMetrics()
    }

    func run() async throws {
        var text = "| turns end | turns | cut | not answered | first audio after, median | 90 % | "
        text += "of that prepared | dropped | "
        text += "answer pauses after the first sample of speech | … after the window in which that is heard | "
        text += "last event that makes something known after that window | end after the window that stops it | "
        text += "longest step |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
        for end in [TurnEnd.silence, .preparedSilence] + (turnEnd == nil ? [] : [.judgement]) {
            Console.progress("Conversing: turns end \(end.rawValue)")
            let result = try await converse(end)
            let metrics = result.metrics
            let lead = metrics.lead / max(metrics.turnCount, 1)
            text += "| \(end.rawValue) | \(turnCount) | \(result.cutCount) | \(result.unansweredCount) | "
            text += "\(Self.milliseconds(Self.quantile(result.answerTimes))) | "
            text += "\(Self.milliseconds(Self.quantile(result.answerTimes, 0.9))) | "
            text += "\(end == .preparedSilence ? Self.milliseconds(lead) : "–") | "
            text += "\(metrics.droppedPreparationCount) of \(metrics.preparationCount) | "
            text += "\(Self.spread(result.pauseTimes)) | \(Self.spread(result.decisionTimes)) | "
            text += "\(Self.spread(result.lastEventTimes)) | \(Self.spread(result.endTimes)) | "
            text += "\(Self.milliseconds(result.stepTimes.max())) |\n"
        }
        Console.endProgress()
        try StandardOutput.write(text)
    }

    /// How turns end.
    private enum TurnEnd: String {
        case silence = "by silence"
        case preparedSilence = "by silence, answers prepared ahead"
        case judgement = "by judgement"
    }

    private func converse(_ end: TurnEnd) async throws -> Result {
        var options = ConversationOptions()
        options.voiceActivity = voiceActivity
        options.turns?.candidateSilence = end == .silence ? nil : prepareAfter
        if end == .judgement {
            options.turns?.semantic = SemanticTurnEnd()
            options.turnEnd = turnEnd
        }
        options.generation.maximumStepCount = maxSteps
        options.reportsWindows = true
        let microphone = PacedMicrophone()
        let conversation = omni.makeSession().converse(listeningTo: microphone.audio, options: options)
        return try await withThrowingTaskGroup { group in
            group.addTask { await microphone.run() }
            defer { group.cancelAll() }
            return try await measure(conversation, microphone)
        }
    }

    private func measure(_ conversation: Conversation, _ microphone: PacedMicrophone) async throws -> Result {
        var result = Result()
        var answer: ReplyID?
        // The question that is spoken, and whether it was taken to be over too soon.
        var (index, isCut) = (0, false)
        func next() {
            (index, answer, isCut) = (index + 1, nil, false)
            guard index < turnCount else {
                microphone.hangUp()
                conversation.interrupt()
                return
            }
            // It comes over the reply to the one before, once that is heard.
            microphone.say(Array(repeating: 0, count: Self.leadSampleCount) + question(index))
        }
        var lastEvent: ContinuousClock.Instant?
        // Each window is reported after what it has led to.
        var pause: (instant: ContinuousClock.Instant, lastEvent: ContinuousClock.Instant?)?
        var stop: (reply: ReplyID, instant: ContinuousClock.Instant?)?
        let windowDuration = Duration.seconds(
            Double(voiceActivity.windowSampleCount) / Double(voiceActivity.sampleRate))
        microphone.say(question(0))
        for try await event in conversation {
            let now = ContinuousClock.now
            switch event {
            case .turnEnded(let turn):
                answer = microphone.ended == nil ? nil : turn.reply
                if answer == nil, !isCut {
                    isCut = true
                    result.cutCount += 1
                }
            case .reply(let reply, .audio) where reply == answer && index < turnCount:
                if let ended = microphone.ended { result.answerTimes.append(now - ended) }
                next()
            case .replyPaused where !isCut:
                if let began = microphone.began { result.pauseTimes.append(now - (began + Self.lead)) }
                pause = (now, lastEvent)
            case .replyInterrupted(let interruption): stop = (interruption.reply, nil)
            case .window(let report):
                if index < turnCount, let ended = microphone.ended, now - ended > Self.patience {
                    result.unansweredCount += 1
                    next()
                }
                guard let end = microphone.instant(of: report.place + windowDuration) else { continue }
                if let pause {
                    result.decisionTimes.append(pause.instant - end)
                    if let last = pause.lastEvent { result.lastEventTimes.append(last - end) }
                }
                pause = nil
                if stop?.instant == nil { stop?.instant = end }
            case .finished(let metrics): result.metrics = metrics
            default: break
            }
            if case .reply(let reply, let event) = event {
                if case .finished(let metrics) = event {
                    result.stepTimes.append(metrics.longestStepTime)
                    if let stop, stop.reply == reply, let end = stop.instant { result.endTimes.append(now - end) }
                    continue
                }
                lastEvent = now
            }
        }
        return result
    }

    /// What is said.
    private func question(_ index: Int) -> [Float] {
        hasPauses
            ? Scene.pausing(questions[index], seconds: SceneKind.longPauseSeconds(index)) : questions[index]
    }

    /// From the first audio of a reply to the question over it.
    private static let lead = Duration.milliseconds(300)
    private static let leadSampleCount = SpokenQuestions.sampleRate * 3 / 10
    /// How long a question waits for its answer: longer than a turn that seems not to be finished.
    private static let patience = Duration.seconds(15)

    /// The time that a part of them does not exceed.
    private static func quantile(_ times: [Duration], _ part: Double = 0.5) -> Duration? {
        times.isEmpty ? nil : times.sorted()[min(Int(part * Double(times.count)), times.count - 1)]
    }

    /// Median and maximum.
    private static func spread(_ times: [Duration]) -> String {
        "\(milliseconds(quantile(times))), at most \(milliseconds(times.max()))"
    }

    private static func milliseconds(_ time: Duration?) -> String {
        time.map { "\(Int(($0 / .milliseconds(1)).rounded())) ms" } ?? "–"
    }
}
