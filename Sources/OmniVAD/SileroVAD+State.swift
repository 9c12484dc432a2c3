import OmniNN
import OmniTensor

extension SileroVAD {
    /// What one listening keeps between windows, and the memory that a window needs: nothing is allocated after
    /// ``SileroVAD/makeState()``. A copy is a listening of its own.
    public struct State: Sendable {
        /// Version 5: the context before the window. Version 4 starts anew with each window.
        var context: Tensor<Float>
        /// The window with what the spectrum needs around it.
        var samples: Tensor<Float>
        /// `[T, 2 · bins]`: real parts, then imaginary parts.
        var spectrum: Tensor<Float>
        /// The rows that a layer hands on to the next, `[T, C]`.
        var flow: Tensor<Float>
        /// What each layer of the encoder needs for itself.
        var layers: [LayerScratch]
        /// The recurrent layers, whose rows are all that lasts beyond the context.
        var cells: [LSTMCell.State]
        /// A row between two recurrent layers, and the one that follows it.
        var row: Tensor<Float>
        var nextRow: Tensor<Float>
        /// One number for each frame of the spectrum.
        var means: Tensor<Float>
        /// One number for each step of the recurrent layers.
        var outputs: Tensor<Float>

        /// The hidden rows of all recurrent layers, one after the other (`h` of the published files).
        package var hidden: [Float] { cells.flatMap(\.hidden) }
        /// The cells of all recurrent layers (`c` of the published files).
        package var cell: [Float] { cells.flatMap { $0.cell.scalars } }
    }

    /// Buffers of one layer.
    struct LayerScratch: Sendable {
        /// The input between rows of zeros, which are never written.
        var padded: Tensor<Float>
        var filtered: Tensor<Float>
        var mixed: Tensor<Float>

        /// Buffers for `frameCount` rows in. A plain convolution needs only the first.
        init(frameCount: Int, paddingRowCount: Int, inputWidth: Int, mixedWidth: Int? = nil) {
            padded = Tensor(zeros: [frameCount + 2 * paddingRowCount, inputWidth])
            filtered = Tensor(zeros: [mixedWidth == nil ? 0 : frameCount, inputWidth])
            mixed = Tensor(zeros: [frameCount, mixedWidth ?? 0])
        }
    }
}

extension Tensor<Float> {
    /// Writes the first `count` elements of `source`, after `offset`, from element `start` on.
    mutating func copy(_ count: Int, of source: Tensor<Float>, from offset: Int = 0, to start: Int = 0) {
        copy(source.span.extracting(offset..<offset + count), to: start)
    }

    /// Writes `source` from element `start` on.
    mutating func copy(_ source: Span<Float>, to start: Int = 0) {
        var target = mutableSpan
        precondition(start + source.count <= target.count, "\(source.count) elements at \(start) of \(target.count)")
        for i in 0..<source.count { unsafe target[unchecked: start + i] = source[unchecked: i] }
    }
}
