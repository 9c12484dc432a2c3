/// What is wrong with a model's configuration, with the facts. Programs decide on ``code``; ``description`` explains.
public struct ModelConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable, Hashable {
        /// There is no such file, or it cannot be read.
        case unreadable
        /// The file is not of its format, or a field has a value of the wrong type.
        case malformed
        /// A value that no model of the kind can have, or that others contradict.
        case invalid
    }

    /// The kind of fault.
    public let code: Code
    /// The path of the file that the values come from, as it was given; "memory" where they come from none.
    public let file: String
    /// The name of the field in the file, when the fault lies with one.
    public let field: String?
    /// One clear sentence, with what was expected and what was found.
    public let reason: String

    /// Collects the facts.
    public init(_ code: Code, file: String = "memory", field: String? = nil, reason: String) {
        self.code = code
        self.file = file
        self.field = field
        self.reason = reason
    }

    public var description: String {
        if let field { "\(file): \(field): \(reason)" } else { "\(file): \(reason)" }
    }
}

extension ModelConfigurationError {
    /// A value that cannot be, found where it is not known what file it comes from; see ``located(in:)``.
    package static func invalid(field: String, reason: String) -> ModelConfigurationError {
        ModelConfigurationError(.invalid, field: field, reason: reason)
    }

    /// The same fault, of values that come from `file`.
    package func located(in file: String) -> ModelConfigurationError {
        ModelConfigurationError(code, file: file, field: field, reason: reason)
    }

    /// Requires a value within bounds. Numbers of a file that lies are refused here, before memory is allocated for
    /// them.
    package static func require(
        _ field: String, _ value: Int, in range: ClosedRange<Int>
    ) throws(ModelConfigurationError) {
        guard range.contains(value) else {
            throw .invalid(field: field, reason: "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
        }
    }

    /// Requires a width that can be split into heads of equal width.
    package static func require(
        _ field: String, headCount: Int, dividing width: Int
    ) throws(ModelConfigurationError) {
        guard headCount > 0, width % headCount == 0 else {
            throw .invalid(field: field, reason: "a width of \(width) cannot be split into \(headCount) heads")
        }
    }
}
