import OmniTensor
import OmniTesting
import Testing

@Suite struct LinearAlgebraTests {
    /// `a · b`, with `b` transposed on request, in double precision.
    private func product(_ a: Tensor<Float>, _ b: Tensor<Float>, transposed: Bool = false) -> Tensor<Float> {
        let right = transposed ? b.transposed() : b
        let (m, k, n) = (a.shape[0], a.shape[1], right.shape[1])
        let (x, y) = (a.scalars, right.scalars)
        var result: [Float] = []
        for row in 0..<m {
            for column in 0..<n {
                result.append(
                    Float((0..<k).reduce(0.0) { $0 + Double(x[row * k + $1]) * Double(y[$1 * n + column]) }))
            }
        }
        return Tensor(result, shape: [m, n])
    }

    private func identity(_ n: Int) -> Tensor<Float> { diagonal([Float](repeating: 1, count: n)) }

    private func diagonal(_ values: [Float]) -> Tensor<Float> {
        let n = values.count
        return Tensor((0..<n * n).map { $0 / n == $0 % n ? values[$0 / n] : 0 }, shape: [n, n])
    }

    private func positiveDefinite(_ n: Int, seed: UInt64) -> Tensor<Float> {
        var noise = Noise(seed: seed)
        let root = noise.tensor([n, n + 3])
        var matrix = product(root, root, transposed: true)
        var span = matrix.mutableSpan
        for index in 0..<n { span[index * n + index] += 1 }
        return matrix
    }

    private func isClose(_ a: Tensor<Float>, _ b: Tensor<Float>, _ tolerance: Float = 2e-5) -> Bool {
        a.shape == b.shape && Tolerance.largestDifference(a, b) <= tolerance
    }

    @Test(arguments: [1, 2, 17, 64]) func choleskyFactorsAndInverts(_ n: Int) throws {
        let matrix = positiveDefinite(n, seed: UInt64(n))
        let factorization = try CholeskyFactorization(matrix)
        let lower = factorization.lower
        let upperIsZero = (0..<n).allSatisfy { row in
            (row + 1..<max(n, row + 1)).allSatisfy { lower.span[row * n + $0] == 0 }
        }
        #expect(upperIsZero)
        #expect(Tolerance.relativeDifference(product(lower, lower, transposed: true), matrix) < 1e-5)
        let inverse = factorization.inverse()
        #expect(inverse == inverse.transposed())
        #expect(isClose(product(matrix, inverse), identity(n), 1e-4))
    }

    @Test func choleskyOfAKnownMatrix() throws {
        // The upper triangle is not read.
        let matrix = Tensor<Float>([4, 99, 99, 12, 37, 99, -16, -43, 98], shape: [3, 3])
        #expect(isClose(try CholeskyFactorization(matrix).lower, Tensor([2, 0, 0, 6, 1, 0, -8, 5, 3], shape: [3, 3])))
    }

    @Test(arguments: [0, 1, 2]) func choleskyNamesThePivot(_ place: Int) {
        var values: [Float] = [1, 2, 3]
        values[place] = -1
        #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: place)) {
            try CholeskyFactorization(diagonal(values))
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesWhatIsNotFinite(_ value: Float) {
        let matrix = Tensor([1, 0, value, 1], shape: [2, 2])
        let expected = LinearAlgebraError.elementNotFinite(index: 2)
        #expect(throws: expected) { try CholeskyFactorization(matrix) }
    }

    @Test func emptyMatricesHaveEmptyFactors() throws {
        let empty = Tensor<Float>(zeros: [0, 0])
        #expect(try CholeskyFactorization(empty).inverse().shape == [0, 0])
    }
}
