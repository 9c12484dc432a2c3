internal import COmniKernels

/// The bytes of a matrix in panels: the same for every instruction set, so that a file of them serves every machine.
enum NativeLayout {
    /// Names the layout in files. The kernels' header says when to count it up.
    static var name: String { "omni panels \(OMNI_LAYOUT_VERSION)" }

    /// Where a matrix may start: a kernel reads whole cache lines.
    static var alignment: Int { 64 }

    /// Bytes of the panels of a matrix.
    static func panelByteCount(_ format: omni_format, output: Int, input: Int) -> Int {
        omni_packed_size(format, output, input)
    }

    /// Bytes of a bias: a whole number of panels, because kernels read it in vectors.
    static func biasByteCount(output: Int) -> Int { (output + 15) / 16 * 64 }

    /// Bytes of a matrix, its bias included; `nil` for extents that no matrix has and precisions without a format.
    static func byteCount(_ info: StoredMatrixInfo) -> Int? {
        let extents = 1...Int(Int32.max)
        guard extents.contains(info.outputWidth), extents.contains(info.inputWidth),
            let format = format(of: info.precision),
            // Far below where the sizes of any format overflow.
            case let (count, overflow) = info.outputWidth.multipliedReportingOverflow(by: info.inputWidth), !overflow,
            count < 1 << 48
        else { return nil }
        return panelByteCount(format, output: info.outputWidth, input: info.inputWidth)
            + (info.hasBias ? biasByteCount(output: info.outputWidth) : 0)
    }

    static func format(of precision: WeightPrecision) -> omni_format? {
        switch precision {
        case .float32: omni_format_float32
        case .bfloat16: omni_format_bfloat16
        case .int8: omni_format_int8
        case .int4: omni_format_int4
        default: nil
        }
    }
}
