/// How a file stores the elements of a tensor. Raw values are the names of the safetensors format.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
    /// IEEE double precision.
    case float64 = "F64"
    /// IEEE single precision.
    case float32 = "F32"
    /// IEEE half precision.
    case float16 = "F16"
    /// The upper half of an IEEE single: its range with 8 bits of precision.
    case bfloat16 = "BF16"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// A byte that is 0 or 1.
    case bool = "BOOL"

    /// Whether the elements are floats.
    package var isFloat: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        case .int64, .int32, .int16, .int8, .uint8, .bool: false
        }
    }

    /// Bytes an element takes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// What is known of a tensor before it is read.
public struct TensorInfo: Sendable, Hashable {
    /// The extents, outermost first.
    public let shape: Shape
    /// How the file stores the elements.
    public let scalarType: ScalarType

    /// Bundles the facts.
    public init(shape: Shape, scalarType: ScalarType) {
        self.shape = shape
        self.scalarType = scalarType
    }
}

/// Named tensors: a file of one of the published formats, or anything that can play one.
public protocol TensorSource: Sendable {
    /// Where the tensors come from, for messages.
    var file: String { get }
    /// Every tensor by its full name.
    var entries: [String: TensorInfo] { get }

    /// The elements of `name` as floats; those stored as 32-bit floats are mapped, not copied, where the file allows.
    ///
    /// - Throws: ``CheckpointError/Code/missingTensor`` for an unknown name, ``CheckpointError/Code/malformed`` when
    ///   the elements cannot be read.
    func floats(_ name: String) throws(CheckpointError) -> Tensor<Float>

    /// The matrix `name` as the file has it packed; `nil` where it is not packed. Nothing is copied.
    func matrix(_ name: String) throws(CheckpointError) -> StoredMatrix?
}

extension TensorSource {
    public func matrix(_ name: String) throws(CheckpointError) -> StoredMatrix? { nil }
}

/// What a source knows of names beside its tensors. Not a part of ``TensorSource``, which others may implement.
package protocol AnnotatedTensorSource: TensorSource {
    /// Whether a model may leave the tensor `name` unread: it only repeats elements of another.
    func isDispensable(_ name: String) -> Bool
    /// The names of tensors that are there, of types of elements that are not read.
    var unreadableTensors: Set<String> { get }
    /// Why what is there under `name` is no tensor that can be read; `nil` when there is nothing.
    func obstacle(to name: String) -> String?
}

/// Tensors in memory.
package struct InMemoryTensors: TensorSource {
    package let file: String
    private let tensors: [String: Tensor<Float>]

    /// Takes tensors by their full names.
    package init(_ tensors: [String: Tensor<Float>], name: String = "memory") {
        self.tensors = tensors
        file = name
    }

    package var entries: [String: TensorInfo] {
        tensors.mapValues { TensorInfo(shape: $0.shape, scalarType: .float32) }
    }

    package func floats(_ name: String) throws(CheckpointError) -> Tensor<Float> {
        guard let tensor = tensors[name] else {
            throw CheckpointError(.missingTensor, file: file, tensor: name, reason: "there is no such tensor")
        }
        return tensor
    }
}
