import OmniNN
import OmniTensor

/// `x + mix(snake(context(snake(x))))`: seven taps some way apart, then one.
struct ResidualUnit: Sendable {
    private let inputSnake: Snake
    private let context: StreamedConvolution
    private let middleSnake: Snake
    private let mix: Linear
    private let channelCount: Int

    /// Rows whose context is not complete.
    struct State: Sendable {
        fileprivate var context: StreamedConvolution.State
        fileprivate var skipped: RowBuffer
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

    func makeState() -> State {
        State(context: context.makeState(), skipped: RowBuffer(width: channelCount))
    }

    /// Takes the rows of `x` and leaves there those that are done; `y` is scratch.
    func advance(_ x: inout RowBuffer, _ y: inout RowBuffer, _ state: inout State, isLast: Bool) {
        state.skipped.append(x.span)
        inputSnake(&x)
        context.advance(&x, &state.context, isLast: isLast)
        middleSnake(&x)
        y.reshape(rowCount: 0, width: channelCount)
        y.append(state.skipped.span.extracting(first: x.count))
        state.skipped.removeFirst(x.rowCount)
        mix(x, addingTo: &y)
        swap(&x, &y)
    }
}

extension Snake {
    /// All rows, in place.
    func callAsFunction(_ x: inout RowBuffer) {
        var rows = x.mutableSpan
        self(&rows)
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
    /// One number of noise for each row.
    var amplitudes = RowBuffer(width: 1)
}
