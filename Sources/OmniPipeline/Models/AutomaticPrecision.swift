public import OmniTensor

/// The precision plan that serves best with an instruction set, and why: the narrowest format whose replies are those
/// of 32-bit floats and whose products are not slower.
public struct AutomaticPrecision: Sendable, Hashable {
    /// What the products are computed with.
    public let instructionSet: InstructionSet
    /// The choice for each part.
    public let plan: PrecisionPlan
    /// The reason for the choice, a clause.
    public let reason: String

    /// The choice for `instructionSet`.
    public init(for instructionSet: InstructionSet) {
        self.instructionSet = instructionSet
        if let ratio = Self.int8Ratio[instructionSet], ratio < 1 {
            plan = .float32
            reason = "8-bit products have \(ratio) of the speed of 32-bit ones with \(instructionSet)"
        } else {
            plan = .int8
            let speed = Self.int8Ratio[instructionSet].map { "\($0) times as fast as" } ?? "expected to be faster than"
            reason =
                "8-bit products are \(speed) 32-bit ones with \(instructionSet), and a step reads a quarter of the "
                + "memory"
        }
    }

    /// The choice for what `NativeEngine` takes without being told: the set that `OMNI_ISA` names, or the best.
    public static var current: AutomaticPrecision {
        // A set that the machine does not have is an error of the engine's, which comes first.
        AutomaticPrecision(for: (try? InstructionSet.fromEnvironment()) ?? .best)
    }

    /// Speed of 8-bit products of 150 rows to that of 32-bit ones, measured on a Zen 5 core; `nil` for NEON, whose dot
    /// product does four times the products of an instruction for floats, and for I8MM, whose matrix product does eight
    /// times: both were examined under emulation only.
    private static let int8Ratio: [InstructionSet: Double] = [.scalar: 0.4, .avx2: 2.4, .avxvnni: 3.1, .avx512: 3.1]
}
