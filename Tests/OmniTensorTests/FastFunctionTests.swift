import OmniTensor
import OmniTesting
import TestSupport
import Testing

/// The vector functions of every engine against double precision, and where they could leave the scalar definition.
@Suite struct FastFunctionTests {
    private static let activations: [Activation] = [.gelu, .geluTanh, .silu, .relu, .sigmoid, .tanh]

    private func apply(_ activation: Activation, _ x: [Float], _ engine: any ComputeEngine) -> [Float] {
        var x = x
        var span = x.mutableSpan
        engine.activate(&span, activation)
        return x
    }

    @Test(arguments: activations, VectorEngine.all)
    func activationsOnAFineGrid(activation: Activation, subject: VectorEngine) {
        let x = (-120_000...120_000).map { Float($0) * 1e-4 }
        let (found, expected) = (apply(activation, x, subject.engine), apply(activation, x, ReferenceEngine()))
        let misses = x.indices.filter { abs(found[$0] - expected[$0]) > 4e-7 * max(1, abs(x[$0])) }
        #expect(misses.isEmpty, "\(misses.prefix(3).map { (x[$0], found[$0], expected[$0]) })")
    }

    @Test(arguments: activations, VectorEngine.all)
    func activationsFarOut(activation: Activation, subject: VectorEngine) {
        for scale in [20, 90, 1e4, 1e20, .greatestFiniteMagnitude] as [Float] {
            let x = [scale, -scale, scale / 2, -scale / 2]
            let found = apply(activation, x, subject.engine), expected = apply(activation, x, ReferenceEngine())
            for (found, expected) in zip(found, expected) {
                #expect(abs(found - expected) <= 1e-6 * max(1, abs(expected)), "\(found) for \(expected)")
            }
        }
    }

    @Test(arguments: activations, VectorEngine.all)
    func whatIsNotANumberStaysThat(activation: Activation, subject: VectorEngine) {
        for count in [1, 7, 8, 9, 16, 19, 35] {
            for place in 0..<count {
                var x = [Float](repeating: 0.5, count: count)
                x[place] = .nan
                let found = apply(activation, x, subject.engine)
                // Scalar `max(NaN, 0)` is what it is; every other function keeps what is not a number.
                #expect(activation == .relu || found[place].isNaN)
                #expect(found.indices.allSatisfy { $0 == place || abs(found[$0] - activation(0.5)) < 1e-6 })
            }
        }
    }

    @Test(arguments: [1, 2, 7, 8, 9, 16, 64, 151, 1500], VectorEngine.all)
    func softmaxSumsToOne(width: Int, subject: VectorEngine) {
        var noise = Noise(seed: UInt64(width))
        let start = noise.tensor([5, width], scale: 30)
        var (found, expected) = (start, start)
        var foundSpan = found.mutableSpan
        var expectedSpan = expected.mutableSpan
        subject.engine.softmax(&foundSpan, width: width)
        ReferenceEngine().softmax(&expectedSpan, width: width)
        #expect(Tolerance.largestDifference(found, expected) < 1e-6)
        for row in 0..<5 { #expect(abs(found.rows(row..<row + 1).scalars.reduce(0, +) - 1) < 1e-5) }
    }

    @Test(arguments: VectorEngine.all) func softmaxOfExtremes(_ subject: VectorEngine) {
        for x in [
            [Float](repeating: -.infinity, count: 9) + [0], [0, -1e30, -200, -90, -87, -86, -50, 0, 1e-30],
            [Float](repeating: 3e38, count: 11),
        ] {
            var (found, expected) = (x, x)
            var foundSpan = found.mutableSpan
            var expectedSpan = expected.mutableSpan
            subject.engine.softmax(&foundSpan, width: x.count)
            ReferenceEngine().softmax(&expectedSpan, width: x.count)
            #expect(Tolerance.largestDifference(found, expected) < 1e-6)
        }
        var bad: [Float] = [0, 1, 2, 3, .nan, 5, 6, 7, 8, 9]
        var span = bad.mutableSpan
        subject.engine.softmax(&span, width: 10)
        #expect(bad.allSatisfy { $0.isNaN })
    }

    /// Large enough to be shared between threads; and from several threads at once, which share one setting.
    @Test(arguments: VectorEngine.all) func attentionInManyHands(_ subject: VectorEngine) async {
        var noise = Noise(seed: 12)
        let geometry = AttentionGeometry.dense(queryCount: 300, keyCount: 300, headCount: 5, headWidth: 12)
        let (q, k, v) = (noise.tensor([300, 60]), noise.tensor([300, 60]), noise.tensor([300, 60]))
        @Sendable func attend(_ engine: any ComputeEngine) -> Tensor<Float> {
            var y = Tensor<Float>(repeating: 9, shape: [300, 60])
            var span = y.mutableSpan
            engine.attend(q.span, keys: k.span, values: v.span, geometry, into: &span)
            return y
        }
        let expected = attend(ReferenceEngine())
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { attend(subject.engine) } }
            for await found in group { #expect(Tolerance.largestDifference(found, expected) < 1e-6) }
        }
    }
}
