import OmniNN
import OmniTensor

/// The recurrent layers and what turns their hidden rows into one probability: `mean(σ(w · relu(h) + b))`.
struct SpeechHead: Sendable {
    private let cells: [LSTMCell]
    private let output: Linear
    private let engine: any ComputeEngine

    /// Reads `lstm.0…` and `head` for rows of `inputWidth`.
    init(
        _ weights: WeightScope, inputWidth: Int, layerCount: Int, engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        var width = inputWidth
        var cells: [LSTMCell] = []
        for layer in 0..<layerCount {
            let scope = weights.scope("lstm").scope(layer)
            let hiddenWidth = try scope.extents("weight_hh", rank: 2)[1]
            let gates = 4 * hiddenWidth
            try cells.append(
                LSTMCell(
                    inputWeight: scope.finite("weight_ih", [gates, width]),
                    recurrentWeight: scope.finite("weight_hh", [gates, hiddenWidth]),
                    biases: [scope.finite("bias_ih", [gates]), scope.finite("bias_hh", [gates])],
                    engine: engine, precision: precision))
            width = hiddenWidth
        }
        self.cells = cells
        let head = weights.scope("head")
        output = try Linear(
            weight: head.finite("weight", [1, width, 1]).reshaped(to: [1, width]), bias: head.finite("bias", [1]),
            engine: engine, precision: precision)
        self.engine = engine
    }

    /// The widest row that goes in or comes out of a layer.
    var widestRow: Int { cells.reduce(0) { max($0, $1.inputWidth, $1.width) } }

    /// States of zeros.
    func makeStates() -> [LSTMCell.State] { cells.map { $0.makeState() } }

    /// The probability after the first `stepCount` rows of `state.flow`, step by step through all layers.
    func probability(stepCount: Int, state: inout SileroVAD.State) -> Float {
        let inputWidth = cells.first?.inputWidth ?? 0
        for step in 0..<stepCount {
            state.row.copy(inputWidth, of: state.flow, from: step * inputWidth)
            for (layer, cell) in cells.enumerated() {
                advance(cell, state.row, state: &state.cells[layer], into: &state.nextRow)
                swap(&state.row, &state.nextRow)
            }
            write(&state.row, to: &state.outputs, at: step)
        }
        var outputs = state.outputs.mutableSpan
        engine.activate(&outputs, .sigmoid)
        var sum: Float = 0
        for step in 0..<stepCount { sum += outputs[step] }
        return sum / Float(stepCount)
    }

    private func advance(
        _ cell: LSTMCell, _ row: Tensor<Float>, state: inout LSTMCell.State, into next: inout Tensor<Float>
    ) {
        var y = next.mutableSpan
        var hidden = y.part(0..<cell.width)
        cell.step(row.span.extracting(first: cell.inputWidth), state: &state, into: &hidden)
    }

    private func write(_ row: inout Tensor<Float>, to outputs: inout Tensor<Float>, at step: Int) {
        var x = row.mutableSpan
        var hidden = x.part(0..<output.inputWidth)
        engine.activate(&hidden, .relu)
        var y = outputs.mutableSpan
        var target = y.part(step..<step + 1)
        output(hidden.span, into: &target)
    }
}
