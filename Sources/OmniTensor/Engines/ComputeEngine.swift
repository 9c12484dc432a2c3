/// What models compute with: the seam between a model's mathematics and the machine.
///
/// An engine must pack a weight matrix, multiply by it and read a row of it back. Everything else has a scalar default
/// that an engine overrides where it is faster. All arrays are row-major floats; `x` and `y` never overlap.
///
/// Shapes are the caller's promise: an engine traps, with both numbers in the message, when a span is too short.
public protocol ComputeEngine: Sendable {
    /// A short lower-case name, as in `--engine reference`.
    var name: String { get }

    // MARK: Packed weights

    /// Brings `weight` `[out, in]` and `bias` `[out]` into this engine's layout. Done once, at load.
    ///
    /// - Throws: ``ComputeEngineError/unsupportedPrecision(_:engine:)``.
    func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix

    /// Takes a matrix that a file keeps in this engine's layout, without copying it.
    ///
    /// - Throws: ``ComputeEngineError/cannotOpenPackedWeights(engine:)`` where the layout is another engine's.
    func open(_ stored: StoredMatrix) throws(ComputeEngineError) -> any PackedMatrix

    /// `y = x · Wᵀ + bias`, or `y += x · Wᵀ + bias` when `accumulating`.
    ///
    /// - Parameters:
    ///   - x: rows of `W.inputWidth` elements that start `x.rowStride` elements apart. A stride below the width makes
    ///     overlapping windows: that is how a convolution over channels-last input becomes a product without a copy.
    ///   - weight: a matrix `[out, in]` that this engine packed.
    ///   - accumulating: whether the product is added to what `y` holds.
    ///   - y: `[x.rowCount, out]`, dense.
    func multiply(_ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>)

    /// Whether a row's product with weights of a precision is the same, bit for bit, however many rows are multiplied
    /// at once. Streams that promise the same result for any chopping then take together what comes together.
    func multipliesRowsAlike(_ precision: WeightPrecision) -> Bool

    /// Writes row `row` of the weight, without bias, to `y` `[in]`: how a table that is also an output head serves as
    /// an embedding.
    func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>)

    // MARK: Attention

    /// Softmax attention; see ``AttentionGeometry`` for all shapes.
    func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>)

    /// The same with keys and values in bfloat16, the upper half of a float's bits. The default makes floats of them.
    func attend(
        _ queries: Span<Float>, bfloat16Keys keys: Span<UInt16>, values: Span<UInt16>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>)

    // MARK: Rows

    /// `y = x / rms(x) · weight` for each row of `width` elements. `x`, `y` `[N, width]`; `weight` `[width]`.
    func normalizeRMS(
        _ x: Span<Float>, weight: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>)

    /// `y = (x − mean) / √(variance + ε) · weight + bias` for each row. `x`, `y` `[N, width]`; `weight`, `bias`
    /// `[width]`.
    func normalizeLayer(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>)

    /// Softmax over each row of `width` elements, in place.
    func softmax(_ x: inout MutableSpan<Float>, width: Int)

    // MARK: Elements

    /// Applies `activation` in place.
    func activate(_ x: inout MutableSpan<Float>, _ activation: Activation)

    /// `y = activation(y) · x`: the gate of SwiGLU and its kin, in place.
    func gate(_ y: inout MutableSpan<Float>, with x: Span<Float>, _ activation: Activation)

    /// `y += x`.
    func add(_ x: Span<Float>, to y: inout MutableSpan<Float>)

    /// `y += s · x` with a number `s` for each row. `scales` `[N]`; `x`, `y` `[N, width]`.
    func add(_ x: Span<Float>, scalingRowsBy scales: Span<Float>, to y: inout MutableSpan<Float>)

    // MARK: Channels last

    /// `x += sin²(α x) / α` for each channel, in place (the codec's Snake). `x` `[T, C]`; `alpha` and
    /// `inverseAlpha` = 1 / (α + 1e-9) `[C]`.
    func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>)

    /// The same from `x` into `y` `[T, C]`. The default copies first.
    func snake(
        _ x: Span<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>)

    /// A convolution that never mixes channels: `y[t, c] = bias[c] + Σₖ x[t + k·dilation, c] · weight[k, c]`.
    /// `x` `[T + (K − 1)·dilation, C]`, padded by the caller; `weight` `[K, C]`; `y` `[T, C]`.
    func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>)

    /// The same, and of its result the Snake with `alpha` and `inverseAlpha` `[C]`. The default makes two passes.
    func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>)

    // MARK: Threads

    /// Whether ``withReservedThread(_:)`` computes at the same time as the engine's other callers, and not in turn with
    /// them.
    var canReserveThread: Bool { get }

    /// Runs `body`, whose calls of this engine then compute on the calling thread alone. Where the engine can reserve a
    /// thread, that one sleeps meanwhile, so that no more threads run than before.
    func withReservedThread(_ body: () -> Void)
}

/// Rows of a matrix inside a span, possibly overlapping or with gaps.
public struct RowView: ~Escapable {
    /// Everything from the first row's first element on.
    public let elements: Span<Float>
    /// How many rows there are.
    public let rowCount: Int
    /// Elements from the start of one row to the start of the next.
    public let rowStride: Int

    /// Rows that start `rowStride` elements apart.
    @_lifetime(copy elements)
    public init(_ elements: Span<Float>, rowCount: Int, rowStride: Int) {
        precondition(rowCount >= 0 && rowStride >= 0, "\(rowCount) rows every \(rowStride) elements")
        self.elements = elements
        self.rowCount = rowCount
        self.rowStride = rowStride
    }

    /// Dense rows of `width` elements.
    @_lifetime(copy elements)
    public init(_ elements: Span<Float>, width: Int) {
        precondition(width > 0 && elements.count % width == 0, "\(elements.count) elements in rows of \(width)")
        self.init(elements, rowCount: elements.count / width, rowStride: width)
    }

    /// Traps unless rows of `width` elements lie inside the span.
    func requireRows(ofWidth width: Int) {
        precondition(
            rowCount == 0 || (rowCount - 1) * rowStride + width <= elements.count,
            "\(rowCount) rows of \(width) every \(rowStride) in \(elements.count) elements")
    }
}
