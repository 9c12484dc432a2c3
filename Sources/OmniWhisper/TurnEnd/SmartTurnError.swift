import OmniTensor

/// What is wrong with an end-of-turn model's file or with the audio it is given, with the facts. Programs decide on
/// ``code``; ``description`` explains.
public struct SmartTurnError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable, Hashable {
        /// The file cannot be opened or read.
        case unreadable
        /// The bytes are not an ONNX file, or one that contradicts itself.
        case malformed
        /// The file is too large for a Smart Turn network.
        case tooLarge
        /// What the file describes takes more memory or work than a file of its size may.
        case overBudget
        /// The file is a network, but not one of Smart Turn's of version 3.
        case unknownNetwork
        /// A sample, a weight or a result is not a finite number.
        case notFinite
    }

    /// The kind of fault.
    public let code: Code
    /// The path of the file, when the fault lies with one.
    public let file: String?
    /// One clear sentence, with what was expected and what was found.
    public let reason: String

    /// Collects the facts.
    public init(_ code: Code, file: String? = nil, reason: String) {
        self.code = code
        self.file = file
        self.reason = reason
    }

    /// The fault of an ONNX file as the model's own error.
    init(_ fault: ONNXFile.Fault, file: String) {
        let code: Code =
            switch fault.code {
            case .unreadable: .unreadable
            case .tooLarge: .tooLarge
            case .malformed: .malformed
            case .overBudget: .overBudget
            }
        self.init(code, file: file, reason: fault.reason)
    }

    public var description: String {
        if let file { "\(file): \(reason)" } else { reason }
    }
}
