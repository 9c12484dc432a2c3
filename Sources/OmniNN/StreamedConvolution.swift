package import OmniTensor

/// A zero-padded convolution fed with rows as they come. All rows at once or one by one: the output is the same.
///
/// A row comes out as soon as everything it depends on is known, so a centred kernel lags by half its reach; the last
/// call adds the zeros on the right and lets go of the rest.
package struct StreamedConvolution: Sendable {
    private enum Kernel: Sendable {
        case dense(Convolution1D)
        case depthwise(DepthwiseConvolution1D)
        case transposed(TransposedConvolution1D)
    }

    /// What a stream carries from one call to the next.
    package struct State: Sendable {
        /// Input rows that outputs to come look at.
        fileprivate var history: RowBuffer
        /// Output rows that belong to the padding on the left.
        fileprivate var leadingTrim: Int
    }

    private let kernel: Kernel
    private let inputChannelCount: Int
    private let outputChannelCount: Int
    /// Input rows that one step looks at, by how many the next step moves on, and how many output rows it makes.
    private let (windowCount, hop, rowsPerStep): (Int, Int, Int)
    private let (leftZeroCount, rightZeroCount): (Int, Int)
    private let (leadingTrim, trailingTrim): (Int, Int)

    /// Zeros, `padding` rows of them, on both sides.
    package init(_ convolution: Convolution1D, padding: Int) {
        kernel = .dense(convolution)
        (inputChannelCount, outputChannelCount) = (convolution.inputChannelCount, convolution.outputChannelCount)
        (windowCount, hop, rowsPerStep) = (convolution.receptiveFrameCount, convolution.stride, 1)
        (leftZeroCount, rightZeroCount) = (padding, padding)
        (leadingTrim, trailingTrim) = (0, 0)
    }

    /// Centred: as many rows out as in.
    package init(centred convolution: DepthwiseConvolution1D) {
        kernel = .depthwise(convolution)
        (inputChannelCount, outputChannelCount) = (convolution.channelCount, convolution.channelCount)
        (windowCount, hop, rowsPerStep) = (convolution.receptiveFrameCount, 1, 1)
        leftZeroCount = (convolution.receptiveFrameCount - 1) / 2
        rightZeroCount = convolution.receptiveFrameCount - 1 - leftZeroCount
        (leadingTrim, trailingTrim) = (0, 0)
    }

    /// `stride` rows out for each row in; PyTorch's `padding` cuts that many rows off the front.
    package init(_ convolution: TransposedConvolution1D, padding: Int) {
        precondition(padding >= 0 && padding <= convolution.stride, "\(padding) rows cut off \(convolution.stride)")
        kernel = .transposed(convolution)
        (inputChannelCount, outputChannelCount) = (convolution.inputChannelCount, convolution.outputChannelCount)
        (windowCount, hop, rowsPerStep) = (2, 1, convolution.stride)
        (leftZeroCount, rightZeroCount) = (1, 1)
        (leadingTrim, trailingTrim) = (padding, convolution.stride - padding)
    }

    /// The state before the first row.
    package func makeState() -> State {
        State(
            history: RowBuffer(width: inputChannelCount, zeroRowCount: leftZeroCount), leadingTrim: leadingTrim)
    }

    /// Takes the rows of `x`, after a snake where there is one; `y` becomes the output rows that are now certain, and
    /// through another snake where there is one.
    ///
    /// `window` is scratch for the rows that this call looks at. Layers that run in turn share one: a state then holds
    /// its few rows of history and no more.
    package func advance(
        _ x: RowBuffer, after snake: Snake? = nil, before nextSnake: Snake? = nil, _ state: inout State,
        window: inout RowBuffer, into y: inout RowBuffer, isLast: Bool
    ) {
        window.reshape(rowCount: 0, width: inputChannelCount)
        window.reserve(rowCount: state.history.rowCount + x.rowCount + rightZeroCount)
        window.append(state.history.span)
        if let snake {
            window.append(rowCount: x.rowCount) { snake(x.span, into: &$0) }
        } else {
            window.append(x.span)
        }
        if isLast { window.appendZeros(rightZeroCount) }
        let available = window.rowCount
        let stepCount = available < windowCount ? 0 : (available - windowCount) / hop + 1
        y.reshape(rowCount: stepCount * rowsPerStep, width: outputChannelCount)
        if stepCount > 0 {
            compute(window, rowCount: (stepCount - 1) * hop + windowCount, before: nextSnake, into: &y)
        }
        window.removeFirst(min(stepCount * hop, available))
        state.history.reshape(rowCount: 0, width: inputChannelCount)
        state.history.append(window.span)
        if isLast { y.removeLast(min(trailingTrim, y.rowCount)) }
        let leading = min(state.leadingTrim, y.rowCount)
        y.removeFirst(leading)
        state.leadingTrim -= leading
    }

    private func compute(
        _ window: borrowing RowBuffer, rowCount: Int, before snake: Snake?, into output: inout RowBuffer
    ) {
        let rows = window.span.extracting(first: rowCount * inputChannelCount)
        var y = output.mutableSpan
        switch kernel {
        case .dense(let convolution): convolution(rows, into: &y)
        case .depthwise(let convolution): return convolution(rows, before: snake, into: &y)
        case .transposed(let convolution): convolution(rows, into: &y)
        }
        snake?(&y)
    }
}
