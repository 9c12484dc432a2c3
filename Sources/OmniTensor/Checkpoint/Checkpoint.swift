public import Foundation

/// A file of named tensors, of one of the published formats: safetensors, or what PyTorch writes (`.pth`, `.pt`,
/// `.bin`; the zip archive, or the pickles of versions before 1.6). The first bytes of the file tell which; its name
/// does not matter. A checkpoint in several files is opened by the list of them (`*.index.json`).
///
/// Objects of other kinds in a PyTorch file, and tensors of types that are not read, are passed over; a model that
/// needs one of them gets an error that says what it is. So are tensors that repeat elements, of others or of their
/// own, where the repeated ones are more than 8 million and half as many as the file has bytes: tied weights are fewer.
///
/// Opening maps the file and reads only the description of its tensors, so that a file of gigabytes opens in
/// milliseconds. A tensor stored as 32-bit floats is a view of the mapped file; others are converted when they are
/// read. Nothing in a file is ever executed, and every offset is checked before the file is taken for good. A
/// checkpoint may be read from several threads. The file must not be shortened or overwritten while it is in use:
/// replace it by renaming another file over it.
public struct Checkpoint: TensorSource {
    public let file: String
    public let entries: [String: TensorInfo]
    /// Single values beside the tensors: those of a PyTorch file by their dotted names, and the strings of the
    /// `__metadata__` of a safetensors file.
    public let scalars: [String: CheckpointScalar]

    /// Matrices that the file keeps packed, by their names; see ``PackedCheckpointWriter``.
    public let packedMatrices: [String: StoredMatrixInfo]

    /// The bytes of the file; of a sharded checkpoint, of all its files together.
    public var byteCount: Int { files.reduce(0) { $0 + $1.count } }

    private let files: [MappedFile]
    private let index: CheckpointIndex

    /// Maps a file and checks the description of its tensors.
    ///
    /// - Throws: ``CheckpointError/Code/unreadable`` when there is no such file or it cannot be opened,
    ///   ``CheckpointError/Code/malformed`` for damaged or lying bytes, ``CheckpointError/Code/unsupported`` for what
    ///   is not a checkpoint of weights, ``CheckpointError/Code/overBudget`` for a description that would take far more
    ///   memory than the file.
    public init(contentsOf url: URL) throws(CheckpointError) {
        let contents = try Contents(of: url)
        file = url.path(percentEncoded: false)
        files = contents.files
        index = contents.index
        scalars = index.scalars
        packedMatrices = files.count == 1 ? try PackedIndex.matrices(of: index, file: file) : [:]
        entries = index.tensors.mapValues(\.info)
    }

    package func isDispensable(_ name: String) -> Bool { index.repeated.contains(name) }
    package var unreadableTensors: Set<String> { index.unreadableTensors }
    package func obstacle(to name: String) -> String? { index.unreadable[name] }

    /// Where the file keeps a tensor.
    private func stored(_ name: String) throws(CheckpointError) -> StoredTensor {
        guard let tensor = index.tensors[name] else {
            let reason = index.unreadable[name] ?? "there is no such tensor"
            throw CheckpointError(.missingTensor, file: file, tensor: name, reason: reason)
        }
        return tensor
    }

    public func floats(_ name: String) throws(CheckpointError) -> Tensor<Float> {
        let tensor = try stored(name)
        switch tensor.info.scalarType {
        case .float32: return tensor.elements(in: files[tensor.fileNumber], as: Float.self)
        case .float16:
            return tensor.converted(in: files[tensor.fileNumber]) { (bits: UInt16) in NarrowFloat.widenHalf(bits) }
        case .bfloat16:
            return tensor.converted(in: files[tensor.fileNumber]) { (bits: UInt16) in NarrowFloat.widenBrain(bits) }
        case .float64: return tensor.converted(in: files[tensor.fileNumber]) { (value: Double) in Float(value) }
        case .int64: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int64) in Float(value) }
        case .int32: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int32) in Float(value) }
        case .int16: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int16) in Float(value) }
        case .int8: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int8) in Float(value) }
        case .uint8: return tensor.converted(in: files[tensor.fileNumber]) { (value: UInt8) in Float(value) }
        case .bool: return tensor.converted(in: files[tensor.fileNumber]) { (value: UInt8) in value == 0 ? 0 : 1 }
        }
    }

    public func matrix(_ name: String) throws(CheckpointError) -> StoredMatrix? {
        guard let info = packedMatrices[name] else { return nil }
        return StoredMatrix(info, bytes: try elements(name, as: UInt8.self))
    }

    /// The elements of a tensor of integers or booleans of any width.
    ///
    /// - Throws: ``CheckpointError/Code/missingTensor``, or ``CheckpointError/Code/scalarTypeMismatch`` for a tensor of
    ///   floats.
    public func integers(_ name: String) throws(CheckpointError) -> Tensor<Int64> {
        let tensor = try stored(name)
        switch tensor.info.scalarType {
        case .int64: return tensor.elements(in: files[tensor.fileNumber], as: Int64.self)
        case .int32: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int32) in Int64(value) }
        case .int16: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int16) in Int64(value) }
        case .int8: return tensor.converted(in: files[tensor.fileNumber]) { (value: Int8) in Int64(value) }
        case .uint8: return tensor.converted(in: files[tensor.fileNumber]) { (value: UInt8) in Int64(value) }
        case .bool: return tensor.converted(in: files[tensor.fileNumber]) { (value: UInt8) in value == 0 ? 0 : 1 }
        case .float64, .float32, .float16, .bfloat16:
            throw CheckpointError(
                .scalarTypeMismatch, file: file, tensor: name,
                reason: "integers are needed but the elements are \(tensor.info.scalarType.rawValue)")
        }
    }

    /// The elements of a tensor that is stored as exactly `type`, mapped where the file allows.
    ///
    /// - Throws: ``CheckpointError/Code/missingTensor``, or ``CheckpointError/Code/scalarTypeMismatch`` when the file
    ///   stores another type.
    public func elements<Scalar: StoredScalar>(
        _ name: String, as type: Scalar.Type
    ) throws(CheckpointError) -> Tensor<Scalar> {
        let tensor = try stored(name)
        guard tensor.info.scalarType == Scalar.scalarType else {
            throw CheckpointError(
                .scalarTypeMismatch, file: file, tensor: name,
                reason: "the elements must be \(Scalar.scalarType.rawValue) but are \(tensor.info.scalarType.rawValue)")
        }
        return tensor.elements(in: files[tensor.fileNumber], as: type)
    }
}

/// A single value that a checkpoint holds beside its tensors, for instance `dims.n_mels` of a Whisper file.
public enum CheckpointScalar: Sendable, Hashable {
    /// Python's `int`, as far as 64 bits go.
    case integer(Int)
    /// Python's `float`.
    case float(Double)
    /// Python's `bool`.
    case bool(Bool)
    /// Python's `str`.
    case string(String)
}
