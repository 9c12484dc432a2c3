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

    @Test(arguments: [1, 2, 17, 64]) func choleskyFactorsSolvesAndInverts(_ n: Int) throws {
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
        var noise = Noise(seed: 9)
        let expected = noise.tensor([n, 3])
        let right = product(matrix, expected)
        #expect(isClose(factorization.solve(right), expected, 1e-4))
        let first = Tensor((0..<n).map { right.span[$0 * 3] }, shape: [n])
        let solved = factorization.solve(first)
        #expect(solved.shape == [n])
        #expect(isClose(solved, Tensor((0..<n).map { expected.span[$0 * 3] }, shape: [n]), 1e-4))
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

    @Test(arguments: [1, 2, 33]) func eigenvectorsDiagonalize(_ n: Int) throws {
        let matrix = positiveDefinite(n, seed: UInt64(n))
        let found = try SymmetricEigendecomposition(matrix)
        let values = found.values.scalars
        let isAscending = zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
        #expect(isAscending)
        #expect(isClose(product(found.vectors, found.vectors, transposed: true), identity(n)))
        let rebuilt = product(product(found.vectors.transposed(), diagonal(values)), found.vectors)
        #expect(Tolerance.relativeDifference(rebuilt, matrix) < 1e-5)
    }

    @Test func eigenvaluesOfAKnownMatrix() throws {
        let found = try SymmetricEigendecomposition(Tensor([2, 99, 1, 2], shape: [2, 2]))
        #expect(isClose(found.values, Tensor([1, 3], shape: [2])))
        let first = found.vectors.scalars
        #expect(abs(abs(first[0]) - Float(0.5).squareRoot()) < 1e-6)
        #expect(abs(first[0] + first[1]) < 1e-6)
    }

    @Test(arguments: [[1, 1], [5, 3], [3, 5], [20, 20], [40, 7]]) func singularValuesRebuild(_ extents: [Int]) throws {
        var noise = Noise(seed: UInt64(extents[0]))
        let matrix = noise.tensor(Shape(extents))
        let found = try SingularValueDecomposition(matrix)
        let (k, values) = (min(extents[0], extents[1]), found.values.scalars)
        #expect(found.left.shape == [extents[0], k])
        #expect(found.rightTransposed.shape == [k, extents[1]])
        let isDescending = zip(values, values.dropFirst()).allSatisfy { $0 >= $1 } && values.allSatisfy { $0 >= 0 }
        #expect(isDescending)
        #expect(isClose(product(found.left.transposed(), found.left), identity(k)))
        #expect(isClose(product(found.rightTransposed, found.rightTransposed, transposed: true), identity(k)))
        #expect(isClose(product(product(found.left, diagonal(values)), found.rightTransposed), matrix))
    }

    @Test func singularValuesOfAKnownMatrix() throws {
        let found = try SingularValueDecomposition(Tensor([3, 0, 4, 5], shape: [2, 2]))
        #expect(isClose(found.values, Tensor([Float(45).squareRoot(), Float(5).squareRoot()], shape: [2])))
    }

    @Test(arguments: [(9, 4), (4, 4), (6, 1)]) func leastSquaresSolve(_ m: Int, _ n: Int) throws {
        var noise = Noise(seed: UInt64(m))
        let matrix = noise.tensor([m, n])
        let right = noise.tensor([m, 2])
        let found = try LeastSquaresSolution(matrix, right)
        #expect(found.rank == n)
        // The residual is orthogonal to every column.
        let predicted = product(matrix, found.solution)
        let residual = Tensor(zip(right.scalars, predicted.scalars).map { $0 - $1 }, shape: [m, 2])
        #expect(isClose(product(matrix.transposed(), residual), Tensor(zeros: [n, 2]), 1e-4))
        let first = Tensor((0..<m).map { right.span[$0 * 2] }, shape: [m])
        let single = try LeastSquaresSolution(matrix, first).solution
        #expect(isClose(single, Tensor((0..<n).map { found.solution.span[$0 * 2] }, shape: [n]), 1e-4))
    }

    @Test func leastSquaresFitALine() throws {
        let matrix = Tensor<Float>([1, 0, 1, 1, 1, 2, 1, 3], shape: [4, 2])
        let found = try LeastSquaresSolution(matrix, Tensor([-1, 0.2, 0.9, 2.1], shape: [4]))
        #expect(isClose(found.solution, Tensor([-0.95, 1], shape: [2])))
    }

    @Test func dependentColumnsAreReportedOrAllowed() throws {
        let matrix = Tensor<Float>([1, 2, 2, 4, 3, 6], shape: [3, 2])
        let right = Tensor<Float>([5, 10, 15], shape: [3])
        #expect(throws: LinearAlgebraError.rankDeficient(rank: 1, columnCount: 2)) {
            try LeastSquaresSolution(matrix, right)
        }
        let found = try LeastSquaresSolution(matrix, right, allowsRankDeficiency: true)
        #expect(found.rank == 1)
        #expect(isClose(found.solution, Tensor([1, 2], shape: [2])))
        // More unknowns than equations: the shortest solution.
        let wide = try LeastSquaresSolution(
            Tensor([1, 1], shape: [1, 2]), Tensor([2], shape: [1]), allowsRankDeficiency: true)
        #expect(isClose(wide.solution, Tensor([1, 1], shape: [2])))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func refusesWhatIsNotFinite(_ value: Float) {
        let matrix = Tensor([1, 0, value, 1], shape: [2, 2])
        let expected = LinearAlgebraError.elementNotFinite(index: 2)
        #expect(throws: expected) { try CholeskyFactorization(matrix) }
        #expect(throws: expected) { try SymmetricEigendecomposition(matrix) }
        #expect(throws: expected) { try SingularValueDecomposition(matrix) }
        #expect(throws: expected) { try LeastSquaresSolution(matrix, Tensor([1, 1], shape: [2])) }
        #expect(throws: LinearAlgebraError.elementNotFinite(index: 0)) {
            try LeastSquaresSolution(identity(2), Tensor([value, 1], shape: [2]))
        }
    }

    @Test func emptyMatricesHaveEmptyFactors() throws {
        let empty = Tensor<Float>(zeros: [0, 0])
        #expect(try CholeskyFactorization(empty).inverse().shape == [0, 0])
        #expect(try SymmetricEigendecomposition(empty).values.shape == [0])
        #expect(try SingularValueDecomposition(Tensor(zeros: [3, 0])).left.shape == [3, 0])
        #expect(try LeastSquaresSolution(empty, Tensor(zeros: [0])).solution.shape == [0])
    }
}
