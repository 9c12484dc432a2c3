import OmniTensor
import OmniTesting
import Testing

@Suite struct TensorTests {
    private let matrix = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [3, 2])

    @Test func copiesAreIndependent() {
        var copy = matrix
        var span = copy.mutableSpan
        span[0] = 100
        #expect(matrix.scalars == [1, 2, 3, 4, 5, 6])
        #expect(copy.scalars == [100, 2, 3, 4, 5, 6])
    }

    @Test func rowsAreViewsUntilWritten() {
        var view = matrix.rows(1..<3)
        #expect(view.shape == [2, 2])
        #expect(view.scalars == [3, 4, 5, 6])
        var span = view.mutableSpan
        span[3] = 0
        #expect(view.scalars == [3, 4, 5, 0])
        #expect(matrix.scalars == [1, 2, 3, 4, 5, 6])
    }

    @Test func reshapedKeepsTheOrder() {
        #expect(matrix.reshaped(to: [2, 3]).transposed().scalars == [1, 4, 2, 5, 3, 6])
    }

    @Test func equalityLooksAtShapeAndElements() {
        #expect(matrix == Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
        #expect(matrix != matrix.reshaped(to: [2, 3]))
        #expect(matrix != Tensor([1, 2, 3, 4, 5, 7], shape: [3, 2]))
    }

    @Test(arguments: [[-1], [.max, 2], [1 << 40, 1 << 40]])
    func impossibleShapesAreRefused(_ dimensions: [Int]) {
        #expect(Shape(validating: dimensions) == nil)
    }

    @Test func emptyAndScalarShapes() {
        #expect(Shape([]).elementCount == 1)
        #expect(Tensor<Float>(zeros: [0, 5]).scalars.isEmpty)
        #expect(Tensor<Float>([], shape: [0]).scalars.isEmpty)
    }
}
