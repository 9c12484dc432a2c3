import OmniNN
import OmniTensor
import Testing

/// Weights stored as length and direction.
@Suite struct WeightNormTests {
    private let lengths = Tensor<Float>([10, 1], shape: [2, 1, 1])
    private let directions = Tensor<Float>([3, 4, 0, 5, 0, 12], shape: [2, 1, 3])

    @Test(arguments: [
        ("parametrizations.weight.original0", "parametrizations.weight.original1"), ("weight_g", "weight_v"),
    ])
    func folds(_ length: String, _ direction: String) throws {
        let source = InMemoryTensors(["a.\(length)": lengths, "a.\(direction)": directions])
        let scope = WeightScope(source)
        let weight = try scope.scope("a").normalizedWeight([2, 1, 3]).scalars
        let expected: [Float] = [6, 8, 0, 5 / 13, 0, 12 / 13]
        #expect(zip(weight, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        try scope.requireAllRead()
    }

    @Test func takesFoldedWeightsAsTheyAre() throws {
        let scope = WeightScope(InMemoryTensors(["weight": directions]))
        #expect(try scope.normalizedWeight([2, 1, 3]) == directions)
    }

    @Test func refusesWhatCannotBeFolded() throws {
        let flat = Tensor<Float>(zeros: [2, 1, 3])
        let scope = WeightScope(InMemoryTensors(["weight_g": lengths, "weight_v": flat]))
        let malformed = try #require(throws: CheckpointError.self) { try scope.normalizedWeight([2, 1, 3]) }
        #expect(malformed.code == .malformed && malformed.tensor == "weight_v")
        let none = WeightScope(InMemoryTensors([:]))
        let missing = try #require(throws: CheckpointError.self) { try none.scope("b").normalizedWeight([2, 1, 3]) }
        #expect(missing.tensor == "b.parametrizations.weight.original0")
        let half = WeightScope(InMemoryTensors(["weight_v": flat]))
        let second = try #require(throws: CheckpointError.self) { try half.normalizedWeight([2, 1, 3]) }
        #expect(second.tensor == "weight_g")
    }
}
