import CommandSupport
import Foundation
import OmniPipeline

/// How long the stages of a reply took, as a table on standard error.
enum TimingTable {
    static func print(_ metrics: ReplyMetrics, loadDurations: LoadDurations?) {
        if let loadDurations { line("load the model", loadDurations.total) }
        if metrics.questionDuration != nil { line("resample the question", metrics.resamplingTime) }
        line(metrics.mode.listens ? "encode the question" : "tokenize the question", metrics.encodingTime)
        line("read the prompt", metrics.prefillTime, "\(metrics.promptLength) positions")
        let perStep = metrics.meanStepTime.map { String(format: "%.2f ms each", $0.seconds * 1000) }
        line("steps", metrics.stepTime, "\(metrics.stepCount)" + (perStep.map { ", " + $0 } ?? ""))
        if metrics.mode.speaks { line("codec", metrics.codecTime) }
        if let time = metrics.timeToFirstText { line("first text after", time) }
        if let time = metrics.timeToFirstAudio { line("first audio after", time) }
        if let factor = metrics.realTimeFactor {
            line(
                "audio made", metrics.audioDuration, String(format: "%.2f × as long as it took", 1 / factor))
        }
        line("answer, all in all", metrics.totalTime)
    }

    private static func line(_ name: String, _ duration: Duration, _ remark: String = "") {
        let name = name.padding(toLength: 24, withPad: " ", startingAt: 0)
        let seconds = String(format: "%8.3f s", duration.seconds)
        Console.note(remark.isEmpty ? name + seconds : "\(name)\(seconds)   \(remark)")
    }
}
