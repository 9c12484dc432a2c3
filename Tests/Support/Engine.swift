public import OmniTensor

/// The engines that every numeric test runs on: the native one once for each instruction set that the machine has.
public enum Engine: Hashable, CaseIterable, Sendable, CustomStringConvertible {
    /// The scalar oracle.
    case reference
    /// OpenBLAS or Accelerate.
    case blas
    /// Own kernels at one instruction set.
    case kernels(InstructionSet)

    /// Own kernels at the instruction set that `OMNI_ISA` names, or the best.
    public static var native: Engine { .kernels(NativeEngine.forTests.instructionSet) }

    public static var allCases: [Engine] { [.reference, .blas] + InstructionSet.available.map(Engine.kernels) }

    /// The engine itself.
    public var value: any ComputeEngine {
        switch self {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .kernels(let isa): NativeEngine.forTests(isa)
        }
    }

    public var description: String {
        switch self {
        case .reference: "reference"
        case .blas: "blas"
        case .kernels(let isa): "native \(isa)"
        }
    }
}
