import OmniNN
import OmniTensor

/// `x + mix(snake(context(snake(x))))`: seven taps some way apart, then one.
struct ResidualUnit: Sendable {
    private let inputSnake: Snake
    private let context: StreamedConvolution
    private let middleSnake: Snake
    private let mix: Linear
    private let channelCount: Int

    /// What waits for rows to its right.
    struct State: Sendable {
        fileprivate var context: StreamedConvolution.State
        /// Rows whose context is not complete.
        fileprivate var waiting: RowBuffer
    }

    init(
        _ weights: WeightScope, channelCount: Int, dilation: Int, isDepthwise: Bool, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        let block = weights.scope("block")
        inputSnake = try Snake(block.scope(0), channelCount: channelCount, engine: engine)
        context = try block.scope(1).centredConvolution(
            in: channelCount, out: channelCount, dilation: dilation, isDepthwise: isDepthwise, engine: engine,
            precision: precision)
        middleSnake = try Snake(block.scope(2), channelCount: channelCount, engine: engine)
        mix = try block.scope(3).pointwiseConvolution(
            in: channelCount, out: channelCount, engine: engine, precision: precision)
        self.channelCount = channelCount
    }

    var precision: WeightPrecision { mix.weight.precision }

    func makeState() -> State {
        State(context: context.makeState(), waiting: RowBuffer(width: channelCount))
    }

    /// Takes the rows of `work.x` and leaves there those that are done.
    func advance(_ work: inout CodecScratch, _ state: inout State, isLast: Bool) {
        context.advance(
            work.x, after: inputSnake, before: middleSnake, &state.context, window: &work.window, into: &work.y,
            isLast: isLast)
        // The sum is made where the rows are: none but those that wait is copied.
        work.x.prepend(state.waiting.span)
        state.waiting.reshape(rowCount: 0, width: channelCount)
        state.waiting.append(work.x.span.extracting(droppingFirst: work.y.count))
        work.x.removeLast(work.x.rowCount - work.y.rowCount)
        mix(work.y, addingTo: &work.x)
    }
}

extension Linear {
    /// `y` becomes the product of `x`.
    func callAsFunction(_ x: borrowing RowBuffer, into y: inout RowBuffer) {
        y.reshape(rowCount: x.rowCount, width: outputWidth)
        var rows = y.mutableSpan
        self(x.span, into: &rows)
    }

    /// The product of `x` is added to `y`.
    func callAsFunction(_ x: borrowing RowBuffer, addingTo y: inout RowBuffer) {
        var rows = y.mutableSpan
        self(x.span, accumulating: true, into: &rows)
    }
}

/// Buffers that all layers of an encoder or decoder share.
struct CodecScratch: Sendable {
    /// The rows on their way.
    var x = RowBuffer(width: 1)
    var y = RowBuffer(width: 1)
    /// The rows that a convolution looks at.
    var window = RowBuffer(width: 1)
    /// One number of noise for each row.
    var amplitudes = RowBuffer(width: 1)

    /// Takes the rows of `x`, after `snake` where there is one, and leaves there those that are done.
    mutating func advance(
        _ convolution: StreamedConvolution, after snake: Snake? = nil, _ state: inout StreamedConvolution.State,
        isLast: Bool
    ) {
        convolution.advance(x, after: snake, &state, window: &window, into: &y, isLast: isLast)
        swap(&x, &y)
    }
}
