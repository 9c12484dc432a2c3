/// What is wrong with a checkpoint, with the facts. Programs decide on ``code``; ``description`` explains.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Sendable, Hashable {
        /// The file cannot be opened, read or mapped.
        case unreadable
        /// The folder has no file of weights.
        case noWeights
        /// The system gives no memory or address space for the file.
        case outOfMemory
        /// The bytes are not what their format says: truncated, overlapping, out of range, inconsistent.
        case malformed
        /// The file is well formed but uses something that a checkpoint of weights has no need of.
        case unsupported
        /// The file, or what it describes, takes more memory or work than one of its kind may.
        case overBudget
        /// The file is well formed, but holds another network than the model.
        case unknownNetwork
        /// The file has no network of the kind asked for: for another sample rate, for windows of another size.
        case noSuchVariant
        /// A tensor that the model needs is not there.
        case missingTensor
        /// A tensor has another shape than the model needs.
        case shapeMismatch
        /// A tensor has another scalar type than asked for.
        case scalarTypeMismatch
        /// Tensors that no part of the model read.
        case unusedTensors
        /// The file cannot be created or written.
        case unwritable
    }

    /// The kind of fault.
    public let code: Code
    /// The path of the file, as it was given.
    public let file: String
    /// The full dotted name of the tensor, when the fault lies with one.
    public let tensor: String?
    /// One clear sentence, with what was expected and what was found.
    public let reason: String

    /// Collects the facts.
    public init(_ code: Code, file: String, tensor: String? = nil, reason: String) {
        self.code = code
        self.file = file
        self.tensor = tensor
        self.reason = reason
    }

    public var description: String {
        if let tensor { "\(file): \(tensor): \(reason)" } else { "\(file): \(reason)" }
    }
}
