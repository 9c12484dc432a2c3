import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// Rounding that knows what a matrix is multiplied by.
@Suite struct ErrorFeedbackTests {
    private let engine = NativeEngine.forTests

    /// Inputs that go together, as those of a trained model do: a few directions are strong, the others weak.
    private func inputs(_ rowCount: Int, width: Int, seed: UInt64) -> Tensor<Float> {
        var noise = Noise(seed: seed)
        var fixed = Noise(seed: 99)
        let directionCount = width / 4
        let mix: Tensor<Float> = fixed.tensor([directionCount, width])
        let strengths: Tensor<Float> = noise.tensor([rowCount, directionCount])
        var rows: Tensor<Float> = noise.tensor([rowCount, width])
        let (m, s) = (mix.span, strengths.span)
        var span = rows.mutableSpan
        for row in 0..<rowCount {
            for i in 0..<width {
                span[row * width + i] *= 0.2
                for d in 0..<directionCount {
                    span[row * width + i] += s[row * directionCount + d] * m[d * width + i]
                }
            }
        }
        return rows
    }

    private func statistics(_ rowCount: Int, width: Int, seed: UInt64) -> ActivationStatistics {
        var statistics = ActivationStatistics(width: width)
        let rows = inputs(rowCount, width: width, seed: seed)
        statistics.add(rows.span)
        return statistics
    }

    private func plain(_ weight: Tensor<Float>, _ precision: WeightPrecision) throws -> Tensor<Float> {
        engine.weight(of: try engine.pack(weight, bias: nil, precision: precision))
    }

    /// On inputs that it has not seen. A quarter of the square is half of the error.
    @Test(arguments: [96, 100, 160]) func theErrorOfTheOutputIsHalved(width: Int) throws {
        var noise = Noise(seed: 5)
        let weight: Tensor<Float> = noise.tensor([70, width])
        let feedback = try #require(try ErrorFeedback(statistics(2000, width: width, seed: 1)))
        let rounded = feedback.round(weight, to: .int4).weight
        let unseen = statistics(2000, width: width, seed: 2)
        let ratio =
            try unseen.relativeError(of: rounded, from: weight)
            / unseen.relativeError(of: plain(weight, .int4), from: weight)
        #expect(ratio < 0.25)
    }

    @Test func eightBitsGainAsWell() throws {
        var noise = Noise(seed: 6)
        let weight: Tensor<Float> = noise.tensor([33, 64])
        let feedback = try #require(try ErrorFeedback(statistics(1000, width: 64, seed: 1)))
        let unseen = statistics(1000, width: 64, seed: 2)
        let rounded = unseen.relativeError(of: feedback.round(weight, to: .int8).weight, from: weight)
        #expect(try rounded < 0.5 * unseen.relativeError(of: plain(weight, .int8), from: weight))
    }

    /// The sums are those of the rows, however they come.
    @Test func statisticsAreMeanProducts() throws {
        let rows = inputs(600, width: 5, seed: 3)
        var pieces = ActivationStatistics(width: 5)
        for row in 0..<600 { pieces.add(rows.rows(row..<row + 1).span) }
        #expect(pieces.rowCount == 600)
        let (mean, span) = (pieces.mean, rows.span)
        for i in 0..<5 {
            for j in 0..<5 {
                var sum = 0.0
                for row in 0..<600 { sum += Double(span[row * 5 + i]) * Double(span[row * 5 + j]) }
                #expect(abs(Double(mean.span[i * 5 + j]) - sum / 600) < 1e-4 * abs(sum / 600) + 1e-4)
            }
        }
    }

    /// Nothing is known of a matrix that was never used.
    @Test func inputsOfZerosTellNothing() throws {
        #expect(try ErrorFeedback(ActivationStatistics(width: 40)) == nil)
        var statistics = ActivationStatistics(width: 2)
        statistics.add(Tensor<Float>([.nan, 1], shape: [2]).span)
        #expect(throws: LinearAlgebraError.self) { try ErrorFeedback(statistics) }
    }

    /// Rows and blocks of zeros.
    @Test func zerosStayZeros() throws {
        var weight = Tensor<Float>(zeros: [3, 64])
        var span = weight.mutableSpan
        for i in 0..<32 { span[64 + i] = Float(i) - 16 }
        let feedback = try #require(try ErrorFeedback(statistics(200, width: 64, seed: 4)))
        let rounded = feedback.round(weight, to: .int4).weight
        for i in 0..<64 { #expect(rounded.span[i] == 0 && rounded.span[128 + i] == 0) }
    }

    /// The packed integers are those that were chosen, in every corner of a panel.
    @Test(arguments: [WeightPrecision.int8, .int4], [[1, 1], [16, 64], [37, 70], [20, 33]])
    func integersArePackedAsTheyAre(_ precision: WeightPrecision, _ extents: [Int]) throws {
        var noise = Noise(seed: 7)
        let weight: Tensor<Float> = noise.tensor(Shape(extents))
        let bias: Tensor<Float> = noise.tensor([extents[0]])
        let feedback = try #require(try ErrorFeedback(statistics(50, width: extents[1], seed: 8)))
        let quantized = feedback.round(weight, to: precision)
        let matrix = try engine.pack(quantized, bias: bias)
        #expect(matrix.precision == precision)
        #expect(engine.weight(of: matrix) == quantized.weight)
        // The bias comes through a product with zeros.
        let zeros = Tensor<Float>(zeros: [extents[1]])
        var y = Tensor<Float>(zeros: [extents[0]])
        var span = y.mutableSpan
        engine.multiply(RowView(zeros.span, width: extents[1]), by: matrix, accumulating: false, into: &span)
        #expect(y == bias)
    }

    /// The observing engine computes what its base computes with floats, and watches what it is to.
    @Test func observingChangesNothing() throws {
        let observing = ObservingEngine(engine, watching: .int4)
        var noise = Noise(seed: 9)
        let (weight, bias): (Tensor<Float>, Tensor<Float>) = (noise.tensor([20, 12]), noise.tensor([20]))
        let x: Tensor<Float> = noise.tensor([7, 12])
        func product(_ engine: any ComputeEngine, _ matrix: any PackedMatrix) -> Tensor<Float> {
            var y = Tensor<Float>(zeros: [3, 20])
            var span = y.mutableSpan
            // Every second row.
            let rows = RowView(x.span, rowCount: 3, rowStride: 24)
            engine.multiply(rows, by: matrix, accumulating: false, into: &span)
            return y
        }
        let watched = try observing.pack(weight, bias: bias, precision: .int4)
        let expected = product(engine, try engine.pack(weight, bias: bias, precision: .float32))
        #expect(product(observing, watched) == expected)
        let statistics = try #require(watched as? ObservedMatrix).statistics
        #expect(statistics.rowCount == 3)
        var same = ActivationStatistics(width: 12)
        for row in [0, 2, 4] { same.add(x.rows(row..<row + 1).span) }
        #expect(statistics.mean == same.mean)
        let other = try observing.pack(weight, bias: bias, precision: .int8)
        #expect(product(observing, other) == expected && !(other is ObservedMatrix))
    }
}
