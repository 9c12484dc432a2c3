package import OmniTensor

/// One step of a long short-term memory: `i, f, g, o = W · x + R · h + b`; `c = σ(f) · c + σ(i) · tanh(g)`;
/// `h = σ(o) · tanh(c)`.
///
/// Both products are one: input and hidden row lie side by side, as do the two matrices.
package struct LSTMCell: Sendable {
    package let inputWidth: Int
    package let width: Int
    /// `[4 · width, inputWidth + width]`; rows in the order i, f, o, g, so that the three sigmoids are one call.
    private let gates: any PackedMatrix
    private let engine: any ComputeEngine

    /// What one sequence keeps between steps, and the scratch of a step.
    package struct State: Sendable {
        /// `[inputWidth + width]`: the last input, then the hidden row.
        fileprivate var joined: Tensor<Float>
        fileprivate var gates: Tensor<Float>
        /// `[width]`.
        package fileprivate(set) var cell: Tensor<Float>
        fileprivate let inputWidth: Int

        /// The hidden row `[width]`, copied.
        package var hidden: [Float] { Array(joined.scalars.dropFirst(inputWidth)) }
    }

    /// Takes PyTorch's layout: rows in the order i, f, g, o.
    ///
    /// - Parameters:
    ///   - inputWeight: `[4 · width, inputWidth]`.
    ///   - recurrentWeight: `[4 · width, width]`.
    ///   - biases: each `[4 · width]`; they add up.
    package init(
        inputWeight: Tensor<Float>, recurrentWeight: Tensor<Float>, biases: [Tensor<Float>],
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let (inputWidth, width) = (inputWeight.shape[1], recurrentWeight.shape[1])
        precondition(
            inputWeight.shape[0] == 4 * width && recurrentWeight.shape[0] == 4 * width
                && biases.allSatisfy { $0.shape == [4 * width] },
            "an LSTM of \(inputWeight.shape), \(recurrentWeight.shape) and biases \(biases.map(\.shape))")
        var weight = Tensor<Float>(zeros: [4 * width, inputWidth + width])
        var bias = Tensor<Float>(zeros: [4 * width])
        var weightSpan = weight.mutableSpan
        var biasSpan = bias.mutableSpan
        let (w, r) = (inputWeight.span, recurrentWeight.span)
        for (target, gate) in [0, 1, 3, 2].enumerated() {
            for row in 0..<width {
                let (source, start) = (gate * width + row, (target * width + row) * (inputWidth + width))
                for i in 0..<inputWidth { weightSpan[start + i] = w[source * inputWidth + i] }
                for i in 0..<width { weightSpan[start + inputWidth + i] = r[source * width + i] }
                for part in biases { biasSpan[target * width + row] += part.span[source] }
            }
        }
        gates = try engine.pack(weight, bias: bias, precision: precision)
        self.inputWidth = inputWidth
        self.width = width
        self.engine = engine
    }

    /// The state before the first step: zeros.
    package func makeState() -> State {
        State(
            joined: Tensor(zeros: [inputWidth + width]), gates: Tensor(zeros: [4 * width]),
            cell: Tensor(zeros: [width]), inputWidth: inputWidth)
    }

    /// Takes the row `x` `[inputWidth]` and writes the new hidden row to `y` `[width]`.
    package func step(_ x: Span<Float>, state: inout State, into y: inout MutableSpan<Float>) {
        precondition(x.count == inputWidth && y.count == width, "an LSTM step of \(x.count) to \(y.count)")
        step(x, joined: &state.joined, gates: &state.gates, cell: &state.cell, into: &y)
    }

    private func step(
        _ x: Span<Float>, joined: inout Tensor<Float>, gates: inout Tensor<Float>, cell: inout Tensor<Float>,
        into y: inout MutableSpan<Float>
    ) {
        let (inputWidth, width) = (inputWidth, width)
        var joined = joined.mutableSpan
        for i in 0..<inputWidth { joined[i] = x[i] }
        var gates = gates.mutableSpan
        engine.multiply(RowView(joined.span, width: joined.count), by: self.gates, accumulating: false, into: &gates)
        var sigmoids = gates.part(0..<3 * width)
        engine.activate(&sigmoids, .sigmoid)
        var candidates = gates.part(3 * width..<4 * width)
        engine.activate(&candidates, .tanh)
        var cell = cell.mutableSpan
        for i in 0..<width {
            cell[i] = gates[width + i] * cell[i] + gates[i] * gates[3 * width + i]
            y[i] = cell[i]
        }
        engine.activate(&y, .tanh)
        for i in 0..<width {
            y[i] *= gates[2 * width + i]
            joined[inputWidth + i] = y[i]
        }
    }
}
