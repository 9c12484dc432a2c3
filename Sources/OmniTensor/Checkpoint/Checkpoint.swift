public import Foundation

/// A file of named tensors, of one of the published formats: safetensors, or the zip archive that PyTorch writes
/// (`.pth`, `.pt`, `.bin`). The first bytes of the file tell which; its name does not matter.
///
/// Opening maps the file and reads only the description of its tensors, so that a file of gigabytes opens in
/// milliseconds. A tensor stored as 32-bit floats is a view of the mapped file; others are converted when they are read.
/// Nothing in a file is ever executed, and every offset is checked before the file is taken for good. A checkpoint may
/// be read from several threads. The file must not be shortened or overwritten while it is in use: replace it by
/// renaming another file over it.
public struct Checkpoint: TensorSource {
    public let file: String
    public let entries: [String: TensorInfo]
    /// Single values beside the tensors: those of a PyTorch file by their dotted names, and the strings of the
    /// `__metadata__` of a safetensors file.
    public let scalars: [String: CheckpointScalar]

    /// Matrices that the file keeps packed, by their names; see ``PackedCheckpointWriter``.
    public let packedMatrices: [String: StoredMatrixInfo]

    private let mapped: MappedFile
    private let tensors: [String: StoredTensor]

    /// Maps a file and checks the description of its tensors.
    ///
    /// - Throws: ``CheckpointError/Code/unreadable`` when there is no such file or it cannot be opened,
    ///   ``CheckpointError/Code/malformed`` for damaged or lying bytes, ``CheckpointError/Code/unsupported`` for what is
    ///   not a checkpoint of weights.
    public init(contentsOf url: URL) throws(CheckpointError) {
        mapped = try MappedFile(url.path(percentEncoded: false))
        let index = try Self.index(of: mapped)
        file = mapped.path
        tensors = index.tensors
        scalars = index.scalars
        packedMatrices = try PackedIndex.matrices(of: index, file: mapped.path)
        entries = index.tensors.mapValues(\.info)
    }

    private static func index(of file: MappedFile) throws(CheckpointError) -> CheckpointIndex {
        let bytes = file.bytes
        if bytes.byte(at: 8) == UInt8(ascii: "{") { return try SafetensorsReader.index(of: file) }
        if bytes.little(UInt16.self, at: 0) == 0x4b50 { return try PyTorchArchiveReader.index(of: file) }
        if bytes.byte(at: 0) == 0x80 {
            throw CheckpointError(
                .unsupported, file: file.path,
                reason: "this is a pickle without a zip archive, which PyTorch wrote before version 1.6; save it again")
        }
        throw CheckpointError(
            .malformed, file: file.path, reason: "this is neither a safetensors file nor a PyTorch archive")
    }

    /// Where the file keeps a tensor.
    private func stored(_ name: String) throws(CheckpointError) -> StoredTensor {
        guard let tensor = tensors[name] else {
            throw CheckpointError(.missingTensor, file: file, tensor: name, reason: "there is no such tensor")
        }
        return tensor
    }

    public func floats(_ name: String) throws(CheckpointError) -> Tensor<Float> {
        let tensor = try stored(name)
        switch tensor.info.scalarType {
        case .float32: return tensor.elements(in: mapped, as: Float.self)
        case .float16: return tensor.converted(in: mapped) { (bits: UInt16) in NarrowFloat.widenHalf(bits) }
        case .bfloat16: return tensor.converted(in: mapped) { (bits: UInt16) in NarrowFloat.widenBrain(bits) }
        case .float64: return tensor.converted(in: mapped) { (value: Double) in Float(value) }
        case .int64: return tensor.converted(in: mapped) { (value: Int64) in Float(value) }
        case .int32: return tensor.converted(in: mapped) { (value: Int32) in Float(value) }
        case .int16: return tensor.converted(in: mapped) { (value: Int16) in Float(value) }
        case .int8: return tensor.converted(in: mapped) { (value: Int8) in Float(value) }
        case .uint8: return tensor.converted(in: mapped) { (value: UInt8) in Float(value) }
        case .bool: return tensor.converted(in: mapped) { (value: UInt8) in value == 0 ? 0 : 1 }
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
        case .int64: return tensor.elements(in: mapped, as: Int64.self)
        case .int32: return tensor.converted(in: mapped) { (value: Int32) in Int64(value) }
        case .int16: return tensor.converted(in: mapped) { (value: Int16) in Int64(value) }
        case .int8: return tensor.converted(in: mapped) { (value: Int8) in Int64(value) }
        case .uint8: return tensor.converted(in: mapped) { (value: UInt8) in Int64(value) }
        case .bool: return tensor.converted(in: mapped) { (value: UInt8) in value == 0 ? 0 : 1 }
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
        return tensor.elements(in: mapped, as: type)
    }
}
