internal import COmniKernels

/// A weight in the panels of the kernels.
///
/// `@unchecked Sendable` is sound because nothing changes after `init`, and the memory that `kernels` points into lives
/// as long as this.
@safe
final class NativeMatrix: PackedMatrix, @unchecked Sendable {
    let precision: WeightPrecision
    let byteCount: Int
    /// What the kernels take; points into `memory`.
    let kernels: omni_matrix
    private let memory: Memory

    private enum Memory {
        case arena(WeightBlock)
        case file(Tensor<UInt8>)
    }

    var outputWidth: Int { unsafe kernels.output_width }
    var inputWidth: Int { unsafe kernels.input_width }

    /// Packs `weight` `[out, in]` and `bias` `[out]`.
    convenience init(
        packing weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision, pool: ThreadPool,
        isa: InstructionSet, arena: WeightArena
    ) throws(ComputeEngineError) {
        try unsafe self.init(weight.shape, bias, precision, arena) { format, panels throws(ComputeEngineError) in
            let (rowCount, width) = (weight.shape[0], weight.shape[1])
            // Piece by piece, whole panels each: the pages of a mapped table need not all be in memory at once.
            let pieceCount = max(1, NativeMatrix.pieceByteCount / max(width, 1) / 64) * 16
            for start in stride(from: 0, to: rowCount, by: pieceCount) {
                let piece = weight.rows(start..<min(start + pieceCount, rowCount))
                let target = unsafe panels + NativeLayout.panelByteCount(format, output: start, input: width)
                let isFinite = unsafe piece.span.withUnsafeBufferPointer {
                    unsafe omni_pack(
                        pool.handle, isa.kernels, format, $0.baseAddress, piece.shape[0], width, target)
                }
                guard isFinite else { throw .weightNotFinite(precision) }
                piece.releasePages()
            }
        }
    }

    private static var pieceByteCount: Int { 32 << 20 }

    /// Packs integers `[out, in]` and `bias` `[out]`.
    convenience init(
        packing weight: QuantizedMatrix, bias: Tensor<Float>?, arena: WeightArena
    ) throws(ComputeEngineError) {
        let shape = weight.codes.shape
        try unsafe self.init(shape, bias, weight.precision, arena) { format, panels throws(ComputeEngineError) in
            unsafe weight.codes.span.withUnsafeBufferPointer { codes in
                unsafe weight.scales.span.withUnsafeBufferPointer { scales in
                    unsafe omni_pack_codes(format, codes.baseAddress, scales.baseAddress, shape[0], shape[1], panels)
                }
            }
        }
    }

    /// Takes memory, has `write` fill the panels and writes the bias behind them.
    private convenience init(
        _ shape: Shape, _ bias: Tensor<Float>?, _ precision: WeightPrecision, _ arena: WeightArena,
        _ write: (_ format: omni_format, _ panels: UnsafeMutableRawPointer) throws(ComputeEngineError) -> Void
    ) throws(ComputeEngineError) {
        guard let format = NativeLayout.format(of: precision) else {
            throw .unsupportedPrecision(precision, engine: "native")
        }
        precondition(shape.rank == 2, "a packed weight is a matrix, not \(shape)")
        if let bias { precondition(bias.shape == [shape[0]], "a bias \(bias.shape) for \(shape)") }
        let info = StoredMatrixInfo(
            precision: precision, outputWidth: shape[0], inputWidth: shape[1], hasBias: bias != nil)
        let panelByteCount = NativeLayout.panelByteCount(format, output: shape[0], input: shape[1])
        let biasByteCount = bias == nil ? 0 : NativeLayout.biasByteCount(output: shape[0])
        let (byteCount, overflow) = panelByteCount.addingReportingOverflow(biasByteCount)
        guard !overflow, byteCount < 1 << 56 else { throw .outOfMemory(byteCount: panelByteCount) }
        let memory = try arena.allocate(byteCount: byteCount)
        try unsafe write(format, memory.base)
        if let bias {
            let target = unsafe (memory.base + panelByteCount).bindMemory(to: Float.self, capacity: biasByteCount / 4)
            let source = bias.span
            for i in 0..<shape[0] { unsafe target[i] = source[i] }
        }
        unsafe self.init(info, format, at: memory.base, byteCount: panelByteCount + biasByteCount, .arena(memory.block))
    }

    /// Takes a matrix as a file has it, where the file has it.
    convenience init(_ stored: StoredMatrix) throws(ComputeEngineError) {
        guard let format = NativeLayout.format(of: stored.info.precision) else {
            throw .unsupportedPrecision(stored.info.precision, engine: "native")
        }
        let base = unsafe stored.bytes.span.withUnsafeBufferPointer { $0.baseAddress }
        guard let base = unsafe base, stored.bytes.shape.elementCount == NativeLayout.byteCount(stored.info) else {
            preconditionFailure("\(stored.bytes.shape.elementCount) bytes for \(stored.info.text)")
        }
        unsafe self.init(
            stored.info, format, at: UnsafeRawPointer(base), byteCount: stored.bytes.shape.elementCount,
            .file(stored.bytes))
    }

    private init(
        _ info: StoredMatrixInfo, _ format: omni_format, at base: UnsafeRawPointer, byteCount: Int, _ memory: Memory
    ) {
        precondition(
            Int(bitPattern: base).isMultiple(of: NativeLayout.alignment), "a matrix that starts inside a cache line")
        let panelByteCount = NativeLayout.panelByteCount(format, output: info.outputWidth, input: info.inputWidth)
        let bias = unsafe info.hasBias ? (base + panelByteCount).assumingMemoryBound(to: Float.self) : nil
        unsafe kernels = omni_matrix(
            format: format, output_width: info.outputWidth, input_width: info.inputWidth, panels: base, bias: bias)
        precision = info.precision
        self.byteCount = byteCount
        self.memory = memory
    }

    /// The matrix for a file: a view of its memory, which it keeps alive.
    var stored: StoredMatrix {
        let info = unsafe StoredMatrixInfo(
            precision: precision, outputWidth: outputWidth, inputWidth: inputWidth, hasBias: kernels.bias != nil)
        let bytes = unsafe UnsafeBufferPointer(
            start: kernels.panels?.assumingMemoryBound(to: UInt8.self), count: byteCount)
        return unsafe StoredMatrix(info, bytes: Tensor(borrowing: bytes, shape: [byteCount], owner: self))
    }

    static func require(_ matrix: any PackedMatrix) -> NativeMatrix {
        guard let native = matrix as? NativeMatrix else {
            preconditionFailure("the native engine cannot multiply by a \(type(of: matrix)) of another engine")
        }
        return native
    }
}
