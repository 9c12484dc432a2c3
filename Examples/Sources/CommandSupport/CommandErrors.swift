import Foundation
import OmniTensor

/// An output that cannot be made or written.
public struct OutputError: Error, CustomStringConvertible {
    /// What failed.
    public enum Operation: Sendable {
        /// The output cannot be made, or must not be replaced.
        case create
        /// Bytes cannot be written to it.
        case write
    }

    public let operation: Operation
    public let path: String
    public let reason: String

    public init(_ operation: Operation = .create, path: String, reason: String) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }

    /// - Parameter code: the system's error number.
    public init(_ operation: Operation = .create, path: String, code: Int32) {
        self.init(operation, path: path, reason: unsafe String(cString: strerror(code)))
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

    /// - Parameter code: the system's error number.
    public init(path: String, code: Int32) {
        switch code {
        case ENOENT: self.init(code: .missing, path: path, reason: "there is no such file")
        case EISDIR: self.init(code: .unreadable, path: path, reason: "this is a folder")
        default:
            self.init(
                code: .unreadable, path: path,
                reason: "the file cannot be read: \(unsafe String(cString: strerror(code)))")
        }
    }

    public var description: String { "\(path == "-" ? "standard input" : path): \(reason)" }
}

/// An error of a file or of a request whose own text does not say which: with the name before it.
public struct NamedError: ErrorWithExitStatus, CustomStringConvertible {
    public let description: String
    public let exitStatus: ExitStatus

    /// - Returns: `nil` for errors without an exit status: those of the argument parser.
    public init?(_ path: String, _ error: any Error) {
        guard let status = ExitStatus(error) else { return nil }
        let name = path == "-" ? "standard input" : path
        let text = Console.message(of: error)
        description = text.hasPrefix(name) ? text : "\(name): \(text)"
        exitStatus = status
    }

    /// Names the file in the errors of `body`.
    public static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw NamedError(path, error).map { $0 as any Error } ?? error }
    }
}
