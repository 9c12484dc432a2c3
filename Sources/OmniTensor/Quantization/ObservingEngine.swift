internal import Synchronization

/// Computes as another engine does and remembers what its matrices were multiplied by: what error-feedback rounding
/// needs to know of a model, without the model knowing of it.
///
/// It keeps every matrix as floats, whatever precision it is asked for, and watches those that it is asked to keep in
/// a given precision: what it remembers of a matrix takes as much memory as the square of its columns.
package struct ObservingEngine: ComputeEngine {
    package var name: String { "observing \(base.name)" }
    private let base: any ComputeEngine
    private let watched: WeightPrecision

    /// - Parameters:
    ///   - base: computes.
    ///   - watched: the precision whose matrices are watched.
    package init(_ base: any ComputeEngine, watching watched: WeightPrecision) {
        self.base = base
        self.watched = watched
    }

    package func pack(
        _ weight: Tensor<Float>, bias: Tensor<Float>?, precision: WeightPrecision
    ) throws(ComputeEngineError) -> any PackedMatrix {
        let matrix = try base.pack(weight, bias: bias, precision: .float32)
        return precision == watched ? ObservedMatrix(matrix, bias: bias) : matrix
    }

    package func multiply(
        _ x: RowView, by weight: any PackedMatrix, accumulating: Bool, into y: inout MutableSpan<Float>
    ) {
        let observed = weight as? ObservedMatrix
        observed?.note(x)
        base.multiply(x, by: observed?.matrix ?? weight, accumulating: accumulating, into: &y)
    }

    package func unpackRow(_ row: Int, of weight: any PackedMatrix, into y: inout MutableSpan<Float>) {
        base.unpackRow(row, of: (weight as? ObservedMatrix)?.matrix ?? weight, into: &y)
    }

    // MARK: Everything else is the base's

    package func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        base.attend(queries, keys: keys, values: values, geometry, into: &y)
    }

    package func attend(
        _ queries: Span<Float>, bfloat16Keys keys: Span<UInt16>, values: Span<UInt16>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        base.attend(queries, bfloat16Keys: keys, values: values, geometry, into: &y)
    }

    package func normalizeRMS(
        _ x: Span<Float>, weight: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        base.normalizeRMS(x, weight: weight, epsilon: epsilon, into: &y)
    }

    package func multipliesRowsAlike(_ precision: WeightPrecision) -> Bool { base.multipliesRowsAlike(precision) }

    package func normalizeLayer(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        base.normalizeLayer(x, weight: weight, bias: bias, epsilon: epsilon, into: &y)
    }

    package func softmax(_ x: inout MutableSpan<Float>, width: Int) { base.softmax(&x, width: width) }

    package func activate(_ x: inout MutableSpan<Float>, _ activation: Activation) { base.activate(&x, activation) }

    package func gate(_ y: inout MutableSpan<Float>, with x: Span<Float>, _ activation: Activation) {
        base.gate(&y, with: x, activation)
    }

    package func add(_ x: Span<Float>, to y: inout MutableSpan<Float>) { base.add(x, to: &y) }

    package func add(_ x: Span<Float>, scalingRowsBy scales: Span<Float>, to y: inout MutableSpan<Float>) {
        base.add(x, scalingRowsBy: scales, to: &y)
    }

    package func snake(_ x: inout MutableSpan<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>) {
        base.snake(&x, alpha: alpha, inverseAlpha: inverseAlpha)
    }

    package func snake(
        _ x: Span<Float>, alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        base.snake(x, alpha: alpha, inverseAlpha: inverseAlpha, into: &y)
    }

    package func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        into y: inout MutableSpan<Float>
    ) {
        base.convolveDepthwise(
            x, weight: weight, bias: bias, channelCount: channelCount, dilation: dilation, into: &y)
    }

    package func convolveDepthwise(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>?, channelCount: Int, dilation: Int,
        alpha: Span<Float>, inverseAlpha: Span<Float>, into y: inout MutableSpan<Float>
    ) {
        base.convolveDepthwise(
            x, weight: weight, bias: bias, channelCount: channelCount, dilation: dilation, alpha: alpha,
            inverseAlpha: inverseAlpha, into: &y)
    }
}

extension ComputeEngine {
    /// The weight of a matrix as the engine keeps it, `[out, in]`.
    package func weight(of matrix: any PackedMatrix) -> Tensor<Float> {
        let width = matrix.inputWidth
        var weight = Tensor<Float>(zeros: [matrix.outputWidth, width])
        var rows = weight.mutableSpan
        for row in 0..<matrix.outputWidth {
            var target = rows.part(row * width..<(row + 1) * width)
            unpackRow(row, of: matrix, into: &target)
        }
        return weight
    }
}

/// A matrix of another engine, and what it was multiplied by.
package final class ObservedMatrix: PackedMatrix {
    package let matrix: any PackedMatrix
    package let bias: Tensor<Float>?
    private let sums: Mutex<ActivationStatistics>

    init(_ matrix: any PackedMatrix, bias: Tensor<Float>?) {
        self.matrix = matrix
        self.bias = bias
        sums = Mutex(ActivationStatistics(width: matrix.inputWidth))
    }

    package var outputWidth: Int { matrix.outputWidth }
    package var inputWidth: Int { matrix.inputWidth }
    package var precision: WeightPrecision { matrix.precision }
    package var byteCount: Int { matrix.byteCount }

    /// What the matrix was multiplied by so far.
    package var statistics: ActivationStatistics { sums.withLock { $0 } }

    /// Starts anew.
    package func forget() { sums.withLock { $0 = ActivationStatistics(width: matrix.inputWidth) } }

    func note(_ x: RowView) {
        sums.withLock { sums in
            for row in 0..<x.rowCount {
                let start = row * x.rowStride
                sums.add(x.elements.extracting(start..<start + inputWidth))
            }
        }
    }
}
