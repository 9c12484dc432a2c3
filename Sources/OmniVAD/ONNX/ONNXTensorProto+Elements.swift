import OmniTensor

extension ONNXTensorProto {
    private static var floatType: Int32 { 1 }
    private static var int64Type: Int32 { 7 }

    /// The elements as floats, when they are stored as such and there are as many as the shape says; `nil` otherwise.
    var floats: Tensor<Float>? {
        guard dataType == Self.floatType, let shape else { return nil }
        let elements = rawData.isEmpty ? floatData : Self.words(rawData, as: UInt32.self).map(Float.init(bitPattern:))
        return elements.count == shape.elementCount ? Tensor(elements, shape: shape) : nil
    }

    /// The only element, when it is stored as a float; `nil` otherwise.
    var scalar: Float? {
        guard shape?.elementCount == 1, rawData.count <= 4, floatData.count <= 1 else { return nil }
        return floats.map { $0.scalars[0] }
    }

    /// The only element, when it is stored as an integer; `nil` otherwise.
    var integer: Int64? {
        guard dataType == Self.int64Type, let shape, shape.elementCount == 1 else { return nil }
        guard !rawData.isEmpty else { return int64Data.count == 1 ? int64Data[0] : nil }
        return rawData.count == 8 ? Self.words(rawData, as: UInt64.self).first.map(Int64.init(bitPattern:)) : nil
    }

    /// `nil` when an extent is negative or the elements are not in this file.
    private var shape: Shape? {
        guard dataLocation == 0 else { return nil }
        return Shape(validating: dims.map { Int(exactly: $0) ?? -1 })
    }

    /// Little-endian words. Bytes that do not make a whole word are left out, so that the count tells.
    private static func words<Word: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], as type: Word.Type) -> [Word]
    {
        let width = MemoryLayout<Word>.size
        guard bytes.count % width == 0 else { return [] }
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / width).map {
                unsafe Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: type))
            }
        }
    }
}
