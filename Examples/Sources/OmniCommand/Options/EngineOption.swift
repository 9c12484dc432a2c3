import ArgumentParser
import OmniTensor

/// What to compute with.
struct EngineOption: ParsableArguments {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case reference, blas, native
    }

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case float32, bfloat16, int8, int4

        var value: WeightPrecision {
            switch self {
            case .float32: .float32
            case .bfloat16: .bfloat16
            case .int8: .int8
            case .int4: .int4
            }
        }
    }

    @Option(
        help: "What to compute with: native (own kernels), blas (OpenBLAS) or reference (plain scalar code, slow).")
    var engine = Name.blas

    @Option(help: "How precisely matrices are kept. Anything but float32 wants the native engine.")
    var precision = Precision.float32

    @Option(help: ArgumentHelp("Threads of the native engine; without it one on each core.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
        if threads != nil, engine != .native { throw ValidationError("--threads wants --engine native") }
        if precision != .float32, engine != .native {
            throw ValidationError("--precision \(precision.rawValue) wants --engine native")
        }
    }

    /// Makes the engine.
    func make() throws -> any ComputeEngine {
        switch engine {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .native: try NativeEngine(threads: threads)
        }
    }
}
