import ArgumentParser
import OmniPipeline
import OmniTensor

/// What to compute with.
struct EngineOption: ParsableArguments {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case native, blas, reference
    }

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case automatic, float32, bfloat16, int8, int4
    }

    @Option(
        help: "What to compute with: native (own kernels), blas (OpenBLAS) or reference (plain scalar code, slow).")
    var engine = Name.native

    @Option(
        help: """
            How precisely matrices are kept. Without it a packed model stays as it is; others are automatic with the \
            native engine and float32, the only one they know, with the others.
            """)
    var precision: Precision?

    @Option(help: ArgumentHelp("Threads of the native engine; without it one on each core.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads { try NumberCheck.require("--threads", threads, in: NativeEngine.possibleThreadCounts) }
        if threads != nil, engine != .native { throw ValidationError("--threads wants --engine native") }
        if let precision, precision != .float32, engine != .native {
            throw ValidationError("--precision \(precision.rawValue) wants --engine native")
        }
    }

    /// Makes the engine.
    func make() throws -> any ComputeEngine {
        switch engine {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .native: try native()
        }
    }

    private func native() throws -> NativeEngine {
        let engine = try NativeEngine(threads: threads)
        if let threads, engine.threadCount < threads {
            Console.note("the system starts only \(engine.threadCount) of \(threads) threads")
        }
        return engine
    }

    /// The plan for a model.
    func plan(for directory: ModelDirectory) throws -> PrecisionPlan {
        if let precision, let plan = PrecisionPlan.named[precision.rawValue] { return plan }
        return try directory.precision(published: engine == .native ? .automatic : .float32)
    }
}
