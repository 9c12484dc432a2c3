import Foundation

/// The scores as a table in Markdown.
enum ExaminationTable {
    static func text(_ scores: [ExaminationScore], timings: (firstAudio: Double, realTimeFactor: Double)?) -> String {
        var lines = ["| what | share | of |", "|---|---|---|"]
        for score in scores {
            let unit = score.unit == .answers ? "answers" : "words"
            lines.append("| \(score.name) | \(percent(score.share)) | \(score.count) \(unit) |")
        }
        if let timings {
            let milliseconds = String(format: "%.0f ms", timings.firstAudio * 1000)
            lines.append("| first audio after, batch, median | \(milliseconds) | |")
            let factor = String(format: "%.3f s", timings.realTimeFactor)
            lines.append("| time for a second of audio, batch, median | \(factor) | |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
