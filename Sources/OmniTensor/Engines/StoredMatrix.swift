/// A packed matrix as a file keeps it: what it is, and its bytes in the layout of the engine that packed it.
public struct StoredMatrix: Sendable {
    /// What the bytes stand for.
    public let info: StoredMatrixInfo
    /// Panels, then the bias where there is one. Mapped where they come from a file.
    public let bytes: Tensor<UInt8>

    /// Bundles the facts. ``Checkpoint`` has checked that there are as many bytes as the matrix needs, at an address
    /// where a cache line starts.
    init(_ info: StoredMatrixInfo, bytes: Tensor<UInt8>) {
        self.info = info
        self.bytes = bytes
    }
}

/// What is known of a packed matrix before its bytes are touched.
public struct StoredMatrixInfo: Sendable, Hashable {
    /// How precisely the weights are kept.
    public let precision: WeightPrecision
    /// Rows of the weight, `out`.
    public let outputWidth: Int
    /// Columns of the weight, `in`.
    public let inputWidth: Int
    /// Whether a bias `[out]` follows the weight.
    public let hasBias: Bool

    init(precision: WeightPrecision, outputWidth: Int, inputWidth: Int, hasBias: Bool) {
        self.precision = precision
        self.outputWidth = outputWidth
        self.inputWidth = inputWidth
        self.hasBias = hasBias
    }

    /// `[out, in]`.
    public var shape: Shape { [outputWidth, inputWidth] }

    /// As files have it: `int8 1152x896 bias`.
    var text: String { "\(precision) \(outputWidth)x\(inputWidth)\(hasBias ? " bias" : "")" }

    /// Reads ``text``; `nil` for anything else.
    init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let extents = (words.count > 1 ? words[1] : "").split(separator: "x", omittingEmptySubsequences: false)
        guard (2...3).contains(words.count), words.count == 2 || words[2] == "bias", extents.count == 2,
            let precision = WeightPrecision(named: String(words[0])), let output = Int(extents[0]),
            let input = Int(extents[1])
        else { return nil }
        self.init(precision: precision, outputWidth: output, inputWidth: input, hasBias: words.count == 3)
        // One spelling only: no signs, no leading zeros.
        guard self.text == text else { return nil }
    }
}
