public import Foundation

/// What the command was asked for.
public enum StandardOutput {
    /// Writes text as it is, at once: a reader at the other end of a pipe sees it while more is being made.
    public static func write(_ text: String) throws(OutputError) { try write(Data(text.utf8)) }

    /// Writes bytes.
    public static func write(_ bytes: Data) throws(OutputError) {
        try Descriptor.write(bytes, to: STDOUT_FILENO, path: "-")
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
