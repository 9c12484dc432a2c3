internal import Foundation

/// Why an output cannot be made or written.
public struct OutputFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the system refused.
    public enum Operation: String, Sendable, Hashable {
        /// Making the file, or opening what is written to as it is.
        case create
        /// Making a folder.
        case createFolder
        /// Writing bytes.
        case write
        /// Bringing the bytes to the disk, or giving the file its name.
        case complete
    }

    /// The output, as it was named.
    public let path: String
    /// What the system refused.
    public let operation: Operation
    /// The system's error number, as in `errno`.
    public let code: Int32

    /// Collects the facts.
    public init(path: String, operation: Operation, code: Int32) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    /// The system's reason in words.
    public var reason: String {
        unsafe String(cString: strerror(code))
    }

    var participle: String {
        switch operation {
        case .create, .createFolder: "created"
        case .write: "written"
        case .complete: "completed"
        }
    }

    public var description: String {
        "\(path): the \(operation == .createFolder ? "folder" : "output") cannot be \(participle): \(reason)"
    }
}
