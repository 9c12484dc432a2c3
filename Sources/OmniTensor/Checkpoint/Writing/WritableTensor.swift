/// A tensor on its way into a file. Its elements are asked for in pieces, in order, while the file is written: a tensor
/// need not be in memory as a whole.
public struct WritableTensor: Sendable {
    /// The shape, and how the file will store the elements.
    public let info: TensorInfo
    /// A multiple of this many bytes is where the tensor starts in the file.
    let alignment: Int
    /// Appends the little-endian bytes of some elements.
    let appendBytes: @Sendable (_ elements: Range<Int>, _ bytes: inout [UInt8]) -> Void

    /// Elements that a closure makes.
    ///
    /// - Parameters:
    ///   - shape: the extents.
    ///   - scalarType: ``ScalarType/float32``, ``ScalarType/float16`` or ``ScalarType/bfloat16``.
    ///   - fill: writes the elements of a range of row-major places; called for successive ranges that cover the tensor
    ///     once.
    public init(
        _ shape: Shape, as scalarType: ScalarType = .float32,
        fill: @escaping @Sendable (_ elements: Range<Int>, _ target: inout MutableSpan<Float>) -> Void
    ) {
        precondition(
            [.float32, .float16, .bfloat16].contains(scalarType), "floats cannot be written as \(scalarType.rawValue)")
        info = TensorInfo(shape: shape, scalarType: scalarType)
        alignment = scalarType.byteCount
        appendBytes = { range, bytes in
            var values = [Float](repeating: 0, count: range.count)
            var target = values.mutableSpan
            fill(range, &target)
            switch scalarType {
            case .float16: Self.append(values.map(NarrowFloat.narrowToHalf), to: &bytes)
            case .bfloat16: Self.append(values.map(NarrowFloat.narrowToBrain), to: &bytes)
            default: Self.append(values, to: &bytes)
            }
        }
    }

    /// Floats in memory.
    public init(_ tensor: Tensor<Float>, as scalarType: ScalarType = .float32) {
        self.init(tensor.shape, as: scalarType) { range, target in
            let source = tensor.span
            for (place, index) in range.enumerated() { target[place] = source[index] }
        }
    }

    /// Elements in memory, written as they are.
    public init<Scalar: StoredScalar>(exactly tensor: Tensor<Scalar>) {
        self.init(exactly: tensor, alignment: Scalar.scalarType.byteCount)
    }

    /// The bytes of a packed matrix, which fill whole cache lines and start where one starts.
    init(packed bytes: Tensor<UInt8>) {
        self.init(exactly: bytes, alignment: NativeLayout.alignment)
    }

    private init<Scalar: StoredScalar>(exactly tensor: Tensor<Scalar>, alignment: Int) {
        info = TensorInfo(shape: tensor.shape, scalarType: Scalar.scalarType)
        self.alignment = alignment
        appendBytes = { range, bytes in
            let source = tensor.span.extracting(range)
            unsafe source.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
    }

    /// Elements that a pass asks for at a time.
    private static let pieceCount = 1 << 16

    /// Bytes that the tensor takes in the file.
    ///
    /// - Throws: ``CheckpointError/Code/unwritable`` when they are too many for any file.
    func byteCount(_ name: String, file: String) throws(CheckpointError) -> Int {
        let (count, overflow) = info.shape.elementCount.multipliedReportingOverflow(by: info.scalarType.byteCount)
        guard !overflow else {
            throw CheckpointError(
                .unwritable, file: file, tensor: name, reason: "\(info.shape) is too large for a file")
        }
        return count
    }

    /// Hands all bytes on, piece by piece.
    func forEachPiece(_ body: ([UInt8]) throws(CheckpointError) -> Void) throws(CheckpointError) {
        var bytes: [UInt8] = []
        var start = 0
        while start < info.shape.elementCount {
            let end = min(start + Self.pieceCount, info.shape.elementCount)
            bytes.removeAll(keepingCapacity: true)
            appendBytes(start..<end, &bytes)
            try body(bytes)
            start = end
        }
    }

    private static func append<Element: BitwiseCopyable>(_ elements: [Element], to bytes: inout [UInt8]) {
        unsafe elements.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
}
