import CommandSupport
import Foundation
import OmniPipeline

/// The progress of a download as a line that is written over; only a terminal sees it. A wait is a line of its own.
struct ProgressBar: Sendable {
    private static let cellCount = 16
    /// A line that a terminal breaks cannot be written over.
    private static let largestCount = 76

    func show(_ progress: HubProgress) {
        guard let wait = progress.requestedWait else { return Console.progress(Self.line(progress)) }
        // A line that stays, also where there is no terminal: without it nothing would move for minutes.
        Console.note("the hub asks to wait \(Int((wait / .seconds(1)).rounded(.up))) s")
    }

    func end() { Console.endProgress() }

    /// `█████░░░░░  21 %  0.7 of 3.3 GB  38 MB/s  1:08 left  lit_model.pth`
    static func line(_ progress: HubProgress) -> String {
        let filled = Int(progress.fraction * Double(cellCount))
        var parts = [
            String(repeating: "█", count: filled) + String(repeating: "░", count: cellCount - filled),
            // A file that lacks a byte is not there.
            "\(Int(progress.fraction * 100)) %",
            "\(HubProgress.size(progress.completedByteCount)) of \(HubProgress.size(progress.totalByteCount))",
        ]
        if let speed = progress.bytesPerSecond { parts.append(HubProgress.size(Int(speed)) + "/s") }
        if let left = progress.timeLeft, progress.fraction < 1 { parts.append(time(left) + " left") }
        let line = parts.joined(separator: "  ")
        let room = largestCount - line.count - 2
        return room >= 8 ? line + "  " + progress.file.suffix(room) : line
    }

    /// Minutes and seconds, or hours.
    private static func time(_ duration: Duration) -> String {
        let seconds = Int((duration / .seconds(1)).rounded(.up))
        guard seconds < 36_000_000 else { return "a year" }
        let (minutes, rest) = seconds.quotientAndRemainder(dividingBy: 60)
        let hours = minutes / 60
        let tail = String(format: "%02d", rest)
        return hours > 0 ? "\(hours):" + String(format: "%02d", minutes % 60) + ":" + tail : "\(minutes):\(tail)"
    }
}
