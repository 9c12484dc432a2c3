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
        write("\r\u{1B}[K" + dimmed(message.terminalSafeLine + " …"))
    }

    /// Takes the line of ``progress(_:)`` away.
    public static func endProgress() {
        guard isTerminal else { return }
        write("\r\u{1B}[K")
    }

    /// A line that stays.
    public static func note(_ message: String) {
        endProgress()
        write(dimmed(message.terminalSafe) + "\n")
    }

    /// Why the command failed, in one sentence.
    public static func report(_ error: any Error) {
        endProgress()
        let label = hasColour ? "\u{1B}[1;31merror:\u{1B}[0m " : "error: "
        write(label + message(of: error).terminalSafe + "\n")
    }

    /// The sentence of an error. Foundation's do not name the file and the system's reason in theirs.
    public static func message(of error: any Error) -> String {
        guard let error = error as? CocoaError else { return String(describing: error) }
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        let reason =
            if let cause = cause.map({ $0 as NSError }), cause.domain == NSPOSIXErrorDomain {
                unsafe String(cString: strerror(Int32(clamping: cause.code)))
            } else {
                error.localizedDescription
            }
        guard let path = error.filePath ?? error.url?.path else { return reason }
        return "\(path): \(reason)"
    }

    private static func dimmed(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// Text as it is.
    public static func write(_ text: String) {
        // A closed standard error is no reason to stop working.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
