extension ONNXTensorProto {
    private static var floatType: Int32 { 1 }
    private static var int64Type: Int32 { 7 }

    /// The shape, when the elements are stored as floats and there are as many as it says; `nil` otherwise.
    var floatShape: Shape? {
        guard dataType == Self.floatType, let shape else { return nil }
        let isComplete =
            rawData.isEmpty
            ? floatData.count == shape.elementCount
            : rawData.count % 4 == 0 && rawData.count / 4 == shape.elementCount
        return isComplete ? shape : nil
    }

    /// The elements as floats, when they are stored as such and there are as many as the shape says; `nil` otherwise.
    package var floats: Tensor<Float>? {
        guard let shape = floatShape else { return nil }
        guard !rawData.isEmpty else { return Tensor(floatData, shape: shape) }
        return unsafe Tensor(shape: shape) { target in
            unsafe rawData.withUnsafeBytes { bytes in
                for index in target.indices {
                    let word = unsafe bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    unsafe target.initializeElement(
                        at: index, to: Float(bitPattern: UInt32(littleEndian: word)))
                }
            }
        }
    }

    /// The only element, when it is stored as a float; `nil` otherwise.
    package var scalar: Float? {
        guard shape?.elementCount == 1, rawData.count <= 4, floatData.count <= 1 else { return nil }
        return floats.map { $0.scalars[0] }
    }

    /// The only element, when it is stored as an integer; `nil` otherwise.
    package var integer: Int64? {
        guard dataType == Self.int64Type, let shape, shape.elementCount == 1 else { return nil }
        guard !rawData.isEmpty else { return int64Data.count == 1 ? int64Data[0] : nil }
        return rawData.count == 8 ? Self.words(rawData, as: UInt64.self).first.map(Int64.init(bitPattern:)) : nil
    }

    /// `nil` when an extent is negative, when there are more than any model has, or when the elements are not in this
    /// file.
    var shape: Shape? {
        guard dataLocation == 0, dims.count <= StoredTensor.rankLimit else { return nil }
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

/// Integers of 32 bits or fewer, as quantised weights and their zero points are stored.
struct ONNXIntegers {
    let values: [Int32]
    let shape: Shape
}

extension ONNXTensorProto {
    private static var uint8Type: Int32 { 2 }
    private static var int8Type: Int32 { 3 }
    private static var int32Type: Int32 { 6 }

    /// The shape, when the elements are stored as integers of 32 bits or fewer and there are as many as it says; `nil`
    /// otherwise.
    var integerShape: Shape? {
        guard let shape, let width = integerWidth else { return nil }
        let isComplete =
            rawData.isEmpty
            ? int32Data.count == shape.elementCount
            : rawData.count % width == 0 && rawData.count / width == shape.elementCount
        return isComplete ? shape : nil
    }

    /// The elements as integers, when they are stored as such and there are as many as the shape says; `nil` otherwise.
    var integers: ONNXIntegers? {
        guard let shape = integerShape, let values = integerValues else { return nil }
        return ONNXIntegers(values: values, shape: shape)
    }

    /// Bytes of an integer among the raw ones.
    private var integerWidth: Int? {
        switch dataType {
        case Self.uint8Type, Self.int8Type: 1
        case Self.int32Type: 4
        default: nil
        }
    }

    private var integerValues: [Int32]? {
        switch dataType {
        case Self.uint8Type:
            rawData.isEmpty ? stored(in: 0...255) : rawData.map(Int32.init)
        case Self.int8Type:
            rawData.isEmpty ? stored(in: -128...127) : rawData.map { Int32(Int8(bitPattern: $0)) }
        case Self.int32Type:
            rawData.isEmpty
                ? stored(in: Int32.min...Int32.max)
                : Self.words(rawData, as: UInt32.self).map(Int32.init(bitPattern:))
        default: nil
        }
    }

    /// `nil` when a number does not fit its type.
    private func stored(in range: ClosedRange<Int32>) -> [Int32]? {
        var values: [Int32] = []
        values.reserveCapacity(int32Data.count)
        for number in int32Data {
            guard let value = Int32(exactly: number), range.contains(value) else { return nil }
            values.append(value)
        }
        return values
    }
}
