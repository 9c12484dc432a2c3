internal import COmniKernels

/// A weight in the panels of the kernels.
///
/// `@unchecked Sendable` is sound because nothing changes after `init`, and the memory that `kernels` points into lives as
/// long as this.
@safe
final class NativeMatrix: PackedMatrix, @unchecked Sendable {
    let precision: WeightPrecision
    let byteCount: Int
    /// What the kernels take; points into `memory`.
    let kernels: omni_matrix
    private let memory: WeightArena.Allocation

    var outputWidth: Int { unsafe kernels.output_width }
    var inputWidth: Int { unsafe kernels.input_width }

    /// Packs `weight` `[out, in]` and `bias` `[out]`.
    init(
        packing weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision, pool: ThreadPool,
        isa: InstructionSet, arena: WeightArena
    ) throws(ComputeEngineError) {
        guard let format = Self.format(of: precision) else { throw .unsupportedPrecision(precision, engine: "native") }
        precondition(weight.shape.rank == 2, "a packed weight is a matrix, not \(weight.shape)")
        if let bias { precondition(bias.shape == [weight.shape[0]], "a bias \(bias.shape) for \(weight.shape)") }
        let (outputWidth, inputWidth) = (weight.shape[0], weight.shape[1])
        let panelByteCount = omni_packed_size(format, outputWidth, inputWidth)
        // A whole number of panels: the kernels read the bias in vectors.
        let biasByteCount = bias == nil ? 0 : (outputWidth + 15) / 16 * 64
        let memory = try arena.allocate(byteCount: panelByteCount + biasByteCount)
        let isFinite = unsafe weight.span.withUnsafeBufferPointer {
            unsafe omni_pack(pool.handle, isa.kernels, format, $0.baseAddress, outputWidth, inputWidth, memory.base)
        }
        guard isFinite else { throw .weightNotFinite(precision) }
        weight.releasePages()
        var packedBias: UnsafePointer<Float>?
        if let bias {
            let target = unsafe (memory.base + panelByteCount).bindMemory(to: Float.self, capacity: biasByteCount / 4)
            let source = bias.span
            for i in 0..<outputWidth { unsafe target[i] = source[i] }
            unsafe packedBias = UnsafePointer(target)
        }
        unsafe kernels = omni_matrix(
            format: format, output_width: outputWidth, input_width: inputWidth, panels: memory.base, bias: packedBias)
        self.memory = memory
        self.precision = precision
        byteCount = panelByteCount + biasByteCount
    }

    private static func format(of precision: WeightPrecision) -> omni_format? {
        switch precision {
        case .float32: omni_format_float32
        case .bfloat16: omni_format_bfloat16
        case .int8: omni_format_int8
        case .int4: omni_format_int4
        default: nil
        }
    }

    static func require(_ matrix: any PackedMatrix) -> NativeMatrix {
        guard let native = matrix as? NativeMatrix else {
            preconditionFailure("the native engine cannot multiply by a \(type(of: matrix)) of another engine")
        }
        return native
    }
}
