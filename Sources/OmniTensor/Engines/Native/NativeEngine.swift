internal import COmniKernels

/// The fast engine: own kernels for the machine's vector instructions, own threads, weights as floats or narrower.
///
/// Packed weights lie in panels of sixteen rows, one cache line for sixteen outputs, which is what lets a decoding step
/// run at the speed of memory. Integer precisions round activations to 8 bits, in blocks of 32, once for each product;
/// with ``WeightPrecision/int8`` and AVX2 alone to 31 to 127 steps on either side of zero, as many as sums of 16 bits
/// hold. ``WeightPrecision/bfloat16`` rounds them to bfloat16 when more than 8 rows are multiplied and the machine has
/// instructions for it. Apart from that a row's result never depends on how many rows are multiplied with it.
///
/// Copies share their threads, which sleep half a millisecond after the last call and end with the last copy. Callers
/// on several threads are safe; they take turns. The price of packing: a weight is copied, even from a mapped file,
/// unless the file is packed already, see ``PackedCheckpointWriter``.
public struct NativeEngine: ComputeEngine {
    public var name: String { "native" }

    /// Threads that compute, the caller's among them: those that were asked for, or as many as the system starts.
    public var threadCount: Int { pool.threadCount }
    /// The instructions that its kernels use.
    public let instructionSet: InstructionSet

    /// Numbers of threads that an engine may be asked for.
    public static var possibleThreadCounts: ClosedRange<Int> { ThreadPool.possibleCounts }

    /// Threads of an engine that is asked for no number: one on each core.
    public static var defaultThreadCount: Int { min(ThreadPool.coreCount, possibleThreadCounts.upperBound) }

    let pool: ThreadPool
    private let arena = WeightArena()
    var isa: omni_isa { instructionSet.kernels }

    /// - Parameters:
    ///   - threads: threads for one call, the caller's among them; `nil` for one on each core.
    ///   - isa: the instructions to use; `nil` for those that the environment variable `OMNI_ISA` names, or else the
    ///     best that the machine has.
    /// - Throws: ``ComputeEngineError/unavailableInstructionSet(_:available:)``,
    ///   ``ComputeEngineError/unusableThreadCount(_:possible:)``.
    public init(threads: Int? = nil, isa: InstructionSet? = nil) throws(ComputeEngineError) {
        instructionSet = if let isa { isa } else { try .fromEnvironment() }
        guard InstructionSet.available.contains(instructionSet) else {
            throw .unavailableInstructionSet(instructionSet.rawValue, available: InstructionSet.available)
        }
        pool = try ThreadPool(threadCount: threads ?? Self.defaultThreadCount)
    }

    public func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix {
        try NativeMatrix(
            packing: weight, bias: bias, precision: precision, pool: pool, isa: instructionSet, arena: arena)
    }

    /// Packs integers that were chosen before, and `bias` `[out]`.
    package func pack(
        _ weight: QuantizedMatrix, bias: Tensor<Float>?
    ) throws(ComputeEngineError) -> any PackedMatrix {
        try NativeMatrix(packing: weight, bias: bias, arena: arena)
    }

    public func open(_ stored: StoredMatrix) throws(ComputeEngineError) -> any PackedMatrix { try NativeMatrix(stored) }

    public func multiply(
        _ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>
    ) {
        let matrix = NativeMatrix.require(weight)
        x.requireRows(ofWidth: matrix.inputWidth)
        precondition(
            y.count == x.rowCount * matrix.outputWidth,
            "\(y.count) elements for \(x.rowCount) rows of \(matrix.outputWidth)")
        guard !y.isEmpty else { return }
        unsafe withUnsafePointer(to: matrix.kernels) { kernels in
            unsafe x.elements.withUnsafeBufferPointer { source in
                unsafe y.withUnsafeMutableBufferPointer { target in
                    unsafe omni_multiply(
                        pool.handle, isa, kernels, source.baseAddress, x.rowStride, x.rowCount, accumulating,
                        target.baseAddress)
                }
            }
        }
    }

    /// All but bfloat16: with many rows, on machines that have such products, activations are rounded as well.
    public func multipliesRowsAlike(_ precision: WeightPrecision) -> Bool { precision != .bfloat16 }

    public func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>) {
        let matrix = NativeMatrix.require(weight)
        precondition(row >= 0 && row < matrix.outputWidth, "row \(row) of \(matrix.outputWidth)")
        precondition(y.count == matrix.inputWidth, "\(y.count) elements for a row of \(matrix.inputWidth)")
        unsafe withUnsafePointer(to: matrix.kernels) { kernels in
            unsafe y.withUnsafeMutableBufferPointer { unsafe omni_unpack_row(kernels, row, $0.baseAddress) }
        }
    }
}

extension NativeEngine {
    /// With at least two threads it can.
    public var canReserveThread: Bool { threadCount > 1 }

    /// Runs `body` in the place of one of the engine's threads; in turn with the other callers when all threads are
    /// reserved.
    public func withReservedThread(_ body: () -> Void) {
        guard let handle = unsafe pool.handle, unsafe omni_pool_reserve_thread(handle) else { return body() }
        defer { unsafe omni_pool_release_thread(handle) }
        body()
    }
}
