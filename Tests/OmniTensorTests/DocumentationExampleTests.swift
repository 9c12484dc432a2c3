import Foundation
import OmniTensor
import Testing

// The example of the documentation, word for word.
private func project(_ x: [Float], with file: URL) throws -> [Float] {
    let weights = WeightScope(try Checkpoint(contentsOf: file)).scope("encoder.proj")
    let engine = BLASEngine()
    let matrix = try engine.pack(
        weights.tensor("weight", [768, 80]), bias: weights.tensorIfPresent("bias", [768]), precision: .float32)
    try weights.requireAllRead()

    var y = Tensor<Float>(zeros: [768])
    var target = y.mutableSpan
    engine.multiply(RowView(x.span, width: 80), by: matrix, accumulating: false, into: &target)
    return y.scalars
}

@Suite struct DocumentationExampleTests {
    @Test func theExampleOfTheOverviewRuns() throws {
        let tensors = [
            "encoder.proj.weight": WritableTensor(Tensor(repeating: 0.5, shape: [768, 80])),
            "encoder.proj.bias": WritableTensor(Tensor(repeating: 1, shape: [768])),
        ]
        let y = try withTemporaryFile { url in
            try SafetensorsWriter.write(tensors, to: url)
            return try project([Float](repeating: 1, count: 80), with: url)
        }
        #expect(y == [Float](repeating: 41, count: 768))
    }
}
