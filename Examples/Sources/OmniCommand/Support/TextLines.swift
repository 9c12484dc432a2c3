import Foundation

/// Lines of text as bytes: what comes before a line feed, without the carriage return that Windows puts there.
/// `Character` would take the two for one, and for no line feed.
enum TextLines {
    /// All lines; a last one without an end counts, an empty one after the last end does not.
    static func split(_ bytes: Data) -> [Data] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(withoutReturn)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// A line without the carriage return at its end.
    static func withoutReturn(_ line: Data) -> Data {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// Whether a line is not there: blanks only.
    static func isBlank(_ line: Data) -> Bool {
        line.allSatisfy { [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
    }

    /// Whether a line was lost with a machine that went down while it was written: some NULs, and nothing else.
    static func isLost(_ line: Data) -> Bool { !line.isEmpty && line.allSatisfy { $0 == 0 } }
}
