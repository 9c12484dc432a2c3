internal import Foundation

/// Reads the lines of heads, as they come.
struct HTTPHeadParser {
    private static let largestByteCount = 128 << 10
    private var head: HTTPHead?
    private var byteCount = 0

    /// Takes a line.
    ///
    /// - Returns: the head, when this was the empty line at its end and it is not an interim one.
    /// - Throws: ``HTTPFailure`` for what is not HTTP.
    mutating func read(_ line: String) throws(HTTPFailure) -> HTTPHead? {
        byteCount += line.utf8.count
        guard byteCount <= Self.largestByteCount else {
            throw HTTPFailure(kind: .interrupted, reason: "the reply has too many headers")
        }
        let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
        if line.hasPrefix("HTTP/") {
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, let status = Int(parts[1]), (100..<600).contains(status) else {
                throw HTTPFailure(kind: .interrupted, reason: "the reply has no status")
            }
            head = HTTPHead(status: status)
        } else if line.isEmpty {
            guard let head, head.status >= 200 else { return nil }
            return head
        } else if let colon = line.firstIndex(of: ":") {
            head?[String(line[..<colon])] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}
