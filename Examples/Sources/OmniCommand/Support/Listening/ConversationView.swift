import CommandSupport
import Foundation
import OmniPipeline

/// Shows a conversation: what is said on standard output, levels and whose turn it is on a line that only a terminal
/// sees.
struct ConversationView {
    private var isInReply = false
    private var level: Float = 0
    private var windowCount = 0

    mutating func take(_ event: ConversationEvent) throws {
        switch event {
        case .window(let report): show(report)
        case .transcribed(let text, let turn): try line("\(turn.index) you: \(text)")
        case .reply(_, .text(let text)):
            if !isInReply { Console.endProgress() }
            isInReply = true
            try StandardOutput.write(text)
        case .reply(_, .finished): try endReply()
        case .replyInterrupted(let stop):
            try endReply()
            Console.note("stopped after \(stop.heard.inMilliseconds) ms: \"\(stop.text)\"")
        case .replyPaused: Console.note("you speak over it")
        case .replyResumed: Console.note("it goes on")
        case .replyFailed(_, let error): Console.note("no reply: \(error)")
        case .transcriptionFailed(let turn, let error): Console.note("\(turn) is not written down: \(error)")
        case .warning(let warning): Console.note(warning.description)
        case .turnEnded(let turn):
            let lead = turn.lead.map { ", its reply under way for \($0.inMilliseconds) ms" } ?? ""
            let audio = turn.audio.upperBound - turn.audio.lowerBound
            Console.note("\(turn.id): \(audio.inMilliseconds) ms\(lead)")
        case .finished(let metrics):
            try endReply()
            Console.note(
                "\(metrics.turnCount) turns, \(metrics.interruptionCount) interruptions; "
                    + "\(metrics.droppedPreparationCount) of \(metrics.preparationCount) prepared answers dropped")
        default: break
        }
    }

    private mutating func show(_ report: WindowReport) {
        level = max(report.level, level * 0.8)
        windowCount += 1
        guard windowCount.isMultiple(of: 3), !isInReply else { return }
        let decibels = 20 * log10(max(level, 1e-4))
        // Samples of a float file may be larger than their squares can say.
        let bar = String(repeating: "▮", count: decibels.isFinite ? Int(min(max(decibels + 60, 0), 64) / 4) : 16)
        let state =
            switch report.phase {
            case .listening: "listening"
            case .hearing: "hearing you"
            case .candidate: "are you done?"
            case .replying: report.isEcho ? "answering (hears itself)" : "answering"
            case .contested: "you speak over it"
            case nil: ""
            }
        Console.progress(bar.padding(toLength: 16, withPad: " ", startingAt: 0) + state)
    }

    private mutating func line(_ text: String) throws {
        try endReply()
        Console.endProgress()
        try StandardOutput.write(text + "\n")
    }

    private mutating func endReply() throws {
        if isInReply { try StandardOutput.write("\n") }
        isInReply = false
    }
}
