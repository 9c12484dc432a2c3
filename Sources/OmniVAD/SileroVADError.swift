/// What is wrong with a voice activity model's file or with the sound it is given, with the facts. Programs decide on
/// ``code``; ``description`` explains.
public struct SileroVADError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable, Hashable {
        /// The file cannot be opened or read.
        case unreadable
        /// The bytes are not an ONNX file, or one that contradicts itself.
        case malformed
        /// The file is well formed but uses something that a Silero file has no need of.
        case unsupported
        /// What the file describes takes more memory or work than a file of its size may.
        case overBudget
        /// The file is a network, but none of Silero's of version 4, 5 or 6.
        case unknownNetwork
        /// The file has no network for the sample rate asked for.
        case noSuchSampleRate
        /// The network does not take windows of the size asked for.
        case noSuchWindow
        /// The sound has another rate than the model.
        case wrongSampleRate
        /// A sample is not a finite number, or so large that the network overflows.
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

    public var description: String {
        if let file { "\(file): \(reason)" } else { reason }
    }
}
