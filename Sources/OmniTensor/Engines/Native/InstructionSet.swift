internal import COmniKernels

/// A set of vector instructions that ``NativeEngine`` has kernels for.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable {
    /// Plain C for the baseline of the architecture: runs everywhere.
    case scalar
    /// AVX2 and FMA, on x86.
    case avx2
    /// AVX2 with AVX-VNNI, the dot product of bytes in 256 bits, on x86.
    case avxvnni
    /// AVX-512 F, BW, DQ, VL and VNNI, on x86; BF16 where the machine has it.
    case avx512
    /// NEON with the dot product, on arm64.
    case neon
    /// NEON with I8MM, matrix products of bytes, on arm64; BF16 where the machine has it.
    case neoni8mm

    /// The sets that this machine has, ``scalar`` among them.
    public static var available: [InstructionSet] { allCases.filter { omni_isa_is_available($0.kernels) } }

    /// The fastest of ``available``.
    public static var best: InstructionSet {
        let best = omni_isa_best()
        return allCases.first { $0.kernels == best } ?? .scalar
    }

    /// The set that the environment variable `OMNI_ISA` names, or else the best.
    ///
    /// - Throws: ``ComputeEngineError/unavailableInstructionSet(_:available:)``.
    package static func fromEnvironment() throws(ComputeEngineError) -> InstructionSet {
        guard let name = Environment.value(of: "OMNI_ISA"), !name.isEmpty else { return best }
        guard let isa = InstructionSet(rawValue: name) else {
            throw .unavailableInstructionSet(name, available: available)
        }
        return isa
    }

    /// What the kernels call it.
    var kernels: omni_isa {
        switch self {
        case .scalar: omni_isa_scalar
        case .avx2: omni_isa_avx2
        case .avxvnni: omni_isa_avxvnni
        case .avx512: omni_isa_avx512
        case .neon: omni_isa_neon
        case .neoni8mm: omni_isa_neoni8mm
        }
    }
}
