import OmniPipeline
import OmniTensor
import OmniTesting
import Testing

/// What `automatic` stands for, on every instruction set.
@Suite struct AutomaticPrecisionTests {
    @Test func isThePlanOfThisMachine() throws {
        #expect(PrecisionPlan.automatic == AutomaticPrecision(for: try .fromEnvironment()).plan)
        #expect(PrecisionPlan.named["automatic"] == PrecisionPlan.automatic)
    }

    @Test(arguments: InstructionSet.allCases)
    func saysWhy(_ instructionSet: InstructionSet) {
        let choice = AutomaticPrecision(for: instructionSet)
        #expect(choice.plan == (instructionSet == .scalar ? .float32 : .int8))
        #expect(choice.reason.contains(instructionSet.rawValue))
    }

    /// No format is chosen that this machine multiplies more slowly than floats: best times of both, taken in turn.
    @Test(arguments: InstructionSet.available)
    func isNotSlowerThanFloats(_ instructionSet: InstructionSet) throws {
        let precision = AutomaticPrecision(for: instructionSet).plan.encoder
        guard precision != .float32 else { return }
        let engine = try NativeEngine(threads: 1, isa: instructionSet)
        var noise = Noise(seed: 61)
        let weight = noise.tensor([640, 896])
        let x = noise.tensor([150, 896])
        let matrices = try [WeightPrecision.float32, precision].map {
            try engine.pack(weight, bias: nil, precision: $0)
        }
        var shortest = [Duration](repeating: .seconds(1000), count: 2)
        var y = Tensor<Float>(zeros: [150, 640])
        for _ in 0..<12 {
            for (i, matrix) in matrices.enumerated() {
                let duration = ContinuousClock().measure {
                    var span = y.mutableSpan
                    engine.multiply(RowView(x.span, width: 896), by: matrix, accumulating: false, into: &span)
                }
                shortest[i] = min(shortest[i], duration)
            }
        }
        #expect(shortest[1] < shortest[0])
    }
}
