internal import OmniFormats

/// What is wrong with a tokenizer's files, with the facts. Programs decide on ``code``; ``description`` explains.
public struct TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable, Hashable {
        /// There is no such file, or it cannot be read.
        case unreadable
        /// The bytes are not what their format says.
        case malformed
        /// The parts contradict each other: a merge of unknown pieces, an id used twice.
        case inconsistent
        /// Well formed, but of a kind that this module does not compute; guessing would give other ids.
        case unsupported
        /// What the file describes takes more memory or work than a file of its size may.
        case overBudget
    }

    /// The kind of fault.
    public let code: Code
    /// The path of the file, as it was given.
    public let file: String
    /// The dotted name of the field, when the fault lies with one.
    public let field: String?
    /// One clear sentence, with what was expected and what was found.
    public let reason: String

    /// Collects the facts.
    public init(_ code: Code, file: String, field: String? = nil, reason: String) {
        self.code = code
        self.file = file
        self.field = field
        self.reason = reason
    }

    public var description: String {
        if let field { "\(file): \(field): \(reason)" } else { "\(file): \(reason)" }
    }
}

extension ReadingBudget {
    /// Takes memory for what `file` describes.
    mutating func take(byteCount: Int, for file: String) throws(TokenizerError) {
        do {
            try take(byteCount: byteCount)
        } catch {
            throw TokenizerError(.overBudget, file: file, reason: error.reason)
        }
    }
}
