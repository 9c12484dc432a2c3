import OmniNN
import OmniTensor
import OmniTesting
import Testing

@Suite struct LSTMCellTests {
    @Test func equalsItsDefinition() throws {
        let (inputWidth, width) = (5, 3)
        for engine in [ReferenceEngine(), BLASEngine()] as [any ComputeEngine] {
            var noise = Noise(seed: 9)
            let weight = noise.tensor([4 * width, inputWidth])
            let recurrent = noise.tensor([4 * width, width])
            let biases = [noise.tensor([4 * width]), noise.tensor([4 * width])]
            let cell = try LSTMCell(
                inputWeight: weight, recurrentWeight: recurrent, biases: biases, engine: engine, precision: .float32)
            var state = cell.makeState()
            var (h, c) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
            for _ in 0..<4 {
                let x = noise.floats(inputWidth)
                var y = [Float](repeating: 0, count: width)
                var span = y.mutableSpan
                cell.step(x.span, state: &state, into: &span)
                // PyTorch's order: input, forget, candidate, output.
                func gate(_ index: Int, _ unit: Int) -> Float {
                    let row = index * width + unit
                    var sum = biases[0].scalars[row] + biases[1].scalars[row]
                    for i in 0..<inputWidth { sum += weight.scalars[row * inputWidth + i] * x[i] }
                    for i in 0..<width { sum += recurrent.scalars[row * width + i] * h[i] }
                    return index == 2 ? ScalarMath.tanh(sum) : 1 / (1 + ScalarMath.exp(-sum))
                }
                let expected = (0..<width).map { unit in
                    c[unit] = gate(1, unit) * c[unit] + gate(0, unit) * gate(2, unit)
                    return gate(3, unit) * ScalarMath.tanh(c[unit])
                }
                #expect(Tolerance.largestDifference(y, expected) < 1e-5)
                #expect(Tolerance.largestDifference(state.cell.scalars, c) < 1e-5)
                #expect(state.hidden == y)
                h = expected
            }
        }
    }
}
