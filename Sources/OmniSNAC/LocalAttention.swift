import OmniNN
import OmniTensor

/// Attention inside windows that do not overlap, with rotary positions counted from the window's start.
///
/// The reference only takes whole windows. Here a last window that is not full is a window of its own, smaller; an
/// encoder's output is always whole windows.
struct LocalAttention: Sendable {
    private let norm: LayerNorm
    private let projection: Linear  // [3 · C, C]: queries, keys, values
    private let output: Linear
    private let channelCount: Int
    private let windowCount: Int
    private let sines: Tensor<Float>  // [window, headWidth / 2]
    private let cosines: Tensor<Float>
    private let engine: any ComputeEngine

    /// Rows of a window that is not full.
    struct State: Sendable {
        fileprivate var pending: RowBuffer
        fileprivate var projected: RowBuffer

        init(channelCount: Int) {
            pending = RowBuffer(width: channelCount)
            projected = RowBuffer(width: 3 * channelCount)
        }
    }

    private static var headWidth: Int { SNAC.Configuration.attentionHeadWidth }

    init(
        _ weights: WeightScope, channelCount: Int, windowCount: Int, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        norm = try LayerNorm(weights.scope("norm"), width: channelCount, epsilon: 1e-5, engine: engine)
        projection = try Linear(
            weights.scope("to_qkv"), in: channelCount, out: 3 * channelCount, bias: false, engine: engine,
            precision: precision)
        output = try Linear(
            weights.scope("to_out"), in: channelCount, out: channelCount, bias: false, engine: engine,
            precision: precision)
        let half = Self.headWidth / 2
        let stored = try weights.scope("rel_pos").tensorIfPresent("inv_freq", [half])
        let frequencies =
            stored?.scalars ?? (0..<half).map { Float(ScalarMath.pow(10_000, -Double($0) / Double(half))) }
        let angles = (0..<windowCount).flatMap { position in frequencies.map { Float(position) * $0 } }
        sines = Tensor(angles.map { ScalarMath.sin($0) }, shape: [windowCount, half])
        cosines = Tensor(angles.map { ScalarMath.cos($0) }, shape: [windowCount, half])
        self.channelCount = channelCount
        self.windowCount = windowCount
        self.engine = engine
    }

    /// Takes the rows of `x` and leaves there those whose window is full; `y` is scratch.
    func advance(_ x: inout RowBuffer, _ y: inout RowBuffer, _ state: inout State, isLast: Bool) {
        state.pending.append(x.span)
        let available = state.pending.rowCount
        let rowCount = isLast ? available : available - available % windowCount
        x.reshape(rowCount: 0, width: channelCount)
        x.append(state.pending.span.extracting(first: rowCount * channelCount))
        state.pending.removeFirst(rowCount)
        guard rowCount > 0 else { return }
        y.reshape(rowCount: rowCount, width: channelCount)
        normalize(x, into: &y)
        projection(y, into: &state.projected)
        for start in stride(from: 0, to: rowCount, by: windowCount) {
            attend(start..<min(start + windowCount, rowCount), of: &state.projected, into: &y)
        }
        output(y, addingTo: &x)
    }

    private func normalize(_ x: borrowing RowBuffer, into y: inout RowBuffer) {
        var rows = y.mutableSpan
        norm(x.span, into: &rows)
    }

    private func attend(_ rows: Range<Int>, of projected: inout RowBuffer, into y: inout RowBuffer) {
        let width = 3 * channelCount
        var everything = projected.mutableSpan
        var window = everything.part(rows.lowerBound * width..<rows.upperBound * width)
        rotate(&window, rowCount: rows.count)
        var geometry = AttentionGeometry.dense(
            queryCount: rows.count, keyCount: rows.count, headCount: channelCount / Self.headWidth,
            headWidth: Self.headWidth)
        geometry.queryTimeStride = width
        geometry.keyTimeStride = width
        let all = window.span
        var results = y.mutableSpan
        var result = results.part(rows.lowerBound * channelCount..<rows.upperBound * channelCount)
        engine.attend(
            all, keys: all.extracting(droppingFirst: channelCount),
            values: all.extracting(droppingFirst: 2 * channelCount), geometry, into: &result)
    }

    /// Turns the queries and keys of each head by their positions; the halves of a head are the two coordinates.
    private func rotate(_ rows: inout MutableSpan<Float>, rowCount: Int) {
        let half = Self.headWidth / 2
        let (sines, cosines) = (sines.span, cosines.span)
        for row in 0..<rowCount {
            for head in stride(from: 0, to: 2 * channelCount, by: Self.headWidth) {
                let start = row * 3 * channelCount + head
                for i in 0..<half {
                    let (a, b) = (rows[start + i], rows[start + half + i])
                    let (sine, cosine) = (sines[row * half + i], cosines[row * half + i])
                    rows[start + i] = a * cosine - b * sine
                    rows[start + half + i] = b * cosine + a * sine
                }
            }
        }
    }
}
