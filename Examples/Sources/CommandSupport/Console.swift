import Foundation

/// Messages to the person at the terminal: all on standard error, so that a pipe gets results alone.
public enum Console {
    private static let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private static let hasColour =
        isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// A line that will be overwritten; only a terminal sees it.
    public static func progress(_ message: String) {
        guard isTerminal else { return }
        write("\r\u{1B}[K" + dimmed(escaped(message) + " …"))
    }

    /// Takes the line of ``progress(_:)`` away.
    public static func endProgress() {
        guard isTerminal else { return }
        write("\r\u{1B}[K")
    }

    /// A line that stays.
    public static func note(_ message: String) {
        endProgress()
        write(dimmed(escaped(message)) + "\n")
    }

    /// Why the command failed, in one sentence.
    public static func report(_ error: any Error) {
        endProgress()
        let label = hasColour ? "\u{1B}[1;31merror:\u{1B}[0m " : "error: "
        write(label + escaped(message(of: error)) + "\n")
    }

    private static func message(of error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : String(describing: error)
    }

    private static func dimmed(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// Text in which names of files are no commands to a terminal: control characters, and those that turn the direction of
    /// writing, become visible.
    public static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isCommand) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isCommand(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Text as it is.
    public static func write(_ text: String) {
        // A closed standard error is no reason to stop working.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
