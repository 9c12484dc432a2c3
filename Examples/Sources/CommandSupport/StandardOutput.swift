public import Foundation

/// What the command was asked for.
public enum StandardOutput {
    /// Writes text as it is, at once: a reader at the other end of a pipe sees it while more is being made.
    public static func write(_ text: String) throws(OutputError) { try write(Data(text.utf8)) }

    /// Writes bytes.
    public static func write(_ bytes: Data) throws(OutputError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            throw OutputError(path: "-", reason: error.localizedDescription)
        }
    }

    /// Whether it is a pipe whose reader has gone.
    static var hasLostItsReader: Bool {
        var state = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&state, 1, 0) == 1 && state.revents & Int16(POLLERR) != 0
    }

    /// Writes a value as one line of JSON with sorted keys.
    public static func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Probabilities and samples of a broken model may be NaN; JSON has no word for it.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        try write(encoder.encode(value) + Data("\n".utf8))
    }
}

/// An output that cannot be made or written.
public struct OutputError: Error, CustomStringConvertible {
    public let path: String
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path == "-" ? "standard output" : path) cannot be written: \(reason)" }
}

/// An input that cannot be read or is not what it should be.
public struct InputError: Error, CustomStringConvertible {
    public enum Code: Sendable { case missing, unreadable, malformed }

    public let code: Code
    public let path: String
    public let reason: String

    public init(code: Code, path: String, reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    public var description: String { "\(path == "-" ? "standard input" : path): \(reason)" }
}
