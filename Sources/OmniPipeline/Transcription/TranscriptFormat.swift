import Foundation
public import OmniCore

/// The forms that a transcript is written in: those of openai-whisper's command, byte for byte where it is text.
public enum TranscriptFormat: String, Sendable, Hashable, CaseIterable {
    /// A line for each segment.
    case text = "txt"
    /// Everything that is known, as one JSON object.
    case json
    /// SubRip subtitles.
    case subRip = "srt"
    /// WebVTT subtitles.
    case webVTT = "vtt"
    /// Start and end in milliseconds and the text, tab-separated.
    case table = "tsv"

    /// The name ending of its files.
    public var fileExtension: String { rawValue }

    /// A transcript in this form, with a line break at the end.
    ///
    /// Subtitles of a transcript with word times last from the first word of a segment to its last.
    ///
    /// - Parameters:
    ///   - transcript: what was said.
    ///   - alwaysIncludesHours: whether WebVTT has hours also while there are none, as SubRip does.
    public func render(_ transcript: Transcript, alwaysIncludesHours: Bool = false) throws -> String {
        switch self {
        case .text: return transcript.segments.map { Self.trimmed($0.text) + "\n" }.joined()
        case .json: return try json(transcript)
        case .subRip: return subtitleFile(transcript, alwaysIncludesHours: true)
        case .webVTT: return subtitleFile(transcript, alwaysIncludesHours: alwaysIncludesHours)
        case .table: return table(transcript)
        }
    }

    private func subtitleFile(_ transcript: Transcript, alwaysIncludesHours: Bool) -> String {
        func time(_ seconds: Double) -> String { self.time(seconds, alwaysIncludesHours: alwaysIncludesHours) }
        var text = self == .webVTT ? "WEBVTT\n\n" : ""
        for (index, subtitle) in subtitles(transcript).enumerated() {
            if self == .subRip { text += "\(index + 1)\n" }
            text += "\(time(subtitle.start)) --> \(time(subtitle.end))\n\(subtitle.text)\n\n"
        }
        return text
    }

    private func table(_ transcript: Transcript) -> String {
        var text = "start\tend\ttext\n"
        for segment in transcript.segments {
            let line = Self.trimmed(segment.text).replacingOccurrences(of: "\t", with: " ")
            text += "\(Self.milliseconds(segment.start))\t\(Self.milliseconds(segment.end))\t\(line)\n"
        }
        return text
    }

    private func json(_ transcript: Transcript) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(TranscriptReport(transcript)), as: UTF8.self) + "\n"
    }

    private struct Subtitle {
        var start: Double
        var end: Double
        var text: String
    }

    private func subtitles(_ transcript: Transcript) -> [Subtitle] {
        let hasWords = transcript.segments.contains { !$0.words.isEmpty }
        guard hasWords else {
            return transcript.segments.map {
                Subtitle(start: $0.start, end: $0.end, text: Self.subtitleText($0.text))
            }
        }
        return transcript.segments.compactMap { segment in
            guard let first = segment.words.first, let last = segment.words.last else { return nil }
            let text = segment.words.map(\.text).joined()
            return Subtitle(start: first.start, end: last.end, text: Self.subtitleText(text))
        }
    }

    /// An arrow would end the times of a subtitle, and an empty line the subtitle.
    private static func subtitleText(_ text: String) -> String {
        trimmed(text).replacingOccurrences(of: "-->", with: "->").split(separator: "\n").joined(separator: "\n")
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded(.toNearestOrEven)) }

    private func time(_ seconds: Double, alwaysIncludesHours: Bool) -> String {
        let total = Self.milliseconds(max(0, seconds))
        let hours = total / 3_600_000
        let start = alwaysIncludesHours || hours > 0 ? Self.padded(hours, 2) + ":" : ""
        let mark = self == .subRip ? "," : "."
        return start + Self.padded(total / 60_000 % 60, 2) + ":" + Self.padded(total / 1000 % 60, 2) + mark
            + Self.padded(total % 1000, 3)
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
