import OmniTensor
import Testing

@Suite struct WeightScopeTests {
    private let source = InMemoryTensors(
        ["h.0.norm.weight": Tensor(zeros: [4]), "h.1.norm.weight": Tensor(zeros: [4]), "extra": Tensor(zeros: [])],
        name: "model.pth")

    @Test func walksDownTheNames() throws {
        let weights = WeightScope(source)
        #expect(try weights.scope("h").scope(1).scope("norm").tensor("weight", [4]).shape == [4])
        #expect(weights.scope("h.0").path(of: "norm.weight") == "h.0.norm.weight")
    }

    @Test func namesBothShapes() throws {
        let error = try #require(throws: CheckpointError.self) {
            try WeightScope(source).scope("h").scope(0).tensor("norm.weight", [5])
        }
        #expect(error.code == .shapeMismatch)
        #expect(error.description == "model.pth: h.0.norm.weight: the shape must be [5] but is [4]")
    }

    @Test func missingTensorsAreNamedInFull() throws {
        let error = try #require(throws: CheckpointError.self) {
            try WeightScope(source).scope("h").scope(2).tensor("weight", [4])
        }
        #expect(error.code == .missingTensor)
        #expect(error.tensor == "h.2.weight")
        #expect(try WeightScope(source).tensorIfPresent("nothing", [1]) == nil)
    }

    @Test func reportsWhatNobodyRead() throws {
        let weights = WeightScope(source)
        _ = try weights.scope("h.0.norm").tensor("weight", [4])
        #expect(weights.unreadNames == ["extra", "h.1.norm.weight"])
        #expect(weights.scope("h").unreadNames == ["h.1.norm.weight"])
        let error = try #require(throws: CheckpointError.self) { try weights.requireAllRead { $0 == "extra" } }
        #expect(error.code == .unusedTensors)
        #expect(error.tensor == "h.1.norm.weight")
        try weights.requireAllRead { _ in true }
    }
}
