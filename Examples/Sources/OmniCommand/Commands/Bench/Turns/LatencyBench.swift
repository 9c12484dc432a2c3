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
    let maxSteps: Int?

    /// What was measured in one conversation.
    struct Result {
        /// From the last sample of speech to the first audio of the reply.
        var answerTimes: [Duration] = []
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
        var text = "| turns end | turns | first audio after, median | of that prepared | dropped | "
        text += "answer pauses after the first sample of speech | … after the window in which that is heard | "
        text += "last event that makes something known after that window | end after the window that stops it | "
        text += "longest step |\n|---|---|---|---|---|---|---|---|---|---|\n"
        for end in [TurnEnd.silence, .preparedSilence] + (turnEnd == nil ? [] : [.judgement]) {
            Console.progress("Conversing: turns end \(end.rawValue)")
            let result = try await converse(end)
            let metrics = result.metrics
            let lead = metrics.lead / max(metrics.turnCount, 1)
            text += "| \(end.rawValue) | \(result.answerTimes.count) | "
            text += "\(Self.milliseconds(Self.median(result.answerTimes))) | "
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
        if end == .silence { options.turns?.candidateSilence = nil }
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
        var hasPlayed = false
        var lastEvent: ContinuousClock.Instant?
        // Each window is reported after what it has led to.
        var pause: (instant: ContinuousClock.Instant, lastEvent: ContinuousClock.Instant?)?
        var stop: (reply: ReplyID, instant: ContinuousClock.Instant?)?
        let windowDuration = Duration.seconds(
            Double(voiceActivity.windowSampleCount) / Double(voiceActivity.sampleRate))
        microphone.say(questions[0])
        for try await event in conversation {
            let now = ContinuousClock.now
            switch event {
            case .turnEnded(let turn): (answer, hasPlayed) = (turn.reply, false)
            case .reply(let reply, .audio) where reply == answer && !hasPlayed:
                hasPlayed = true
                if let ended = microphone.ended { result.answerTimes.append(now - ended) }
                guard result.answerTimes.count < turnCount else {
                    microphone.hangUp()
                    conversation.interrupt()
                    continue
                }
                // The next question comes over this reply, once it is heard.
                microphone.say(Array(repeating: 0, count: 4800) + questions[result.answerTimes.count])
            case .replyPaused:
                if let began = microphone.began { result.pauseTimes.append(now - (began + .milliseconds(300))) }
                pause = (now, lastEvent)
            case .replyInterrupted(let interruption): stop = (interruption.reply, nil)
            case .window(let report):
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

    private static func median(_ times: [Duration]) -> Duration? {
        times.isEmpty ? nil : times.sorted()[times.count / 2]
    }

    /// Median and maximum.
    private static func spread(_ times: [Duration]) -> String {
        "\(milliseconds(median(times))), at most \(milliseconds(times.max()))"
    }

    private static func milliseconds(_ time: Duration?) -> String {
        time.map { "\(Int(($0 / .milliseconds(1)).rounded())) ms" } ?? "–"
    }
}
