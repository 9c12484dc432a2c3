public import ArgumentParser
public import OmniPipeline
public import OmniTensor

/// What to compute with.
public struct EngineOption: ParsableArguments, Sendable {
    public enum Name: String, ExpressibleByArgument, CaseIterable, Sendable {
        case native, blas, reference
    }

    public enum Precision: String, ExpressibleByArgument, CaseIterable, Sendable {
        case automatic, float32, bfloat16, int8, int4
    }

    @Option(
        help: "What to compute with: native (own kernels), blas (OpenBLAS) or reference (plain scalar code, slow).")
    public var engine = Name.native

    @Option(
        help: """
            How precisely matrices are kept. Without it a packed model stays as it is; others are automatic with the \
            native engine and float32, the only one they know, with the others; a codec or a detector of speech by \
            itself is float32 unless a format is named.
            """)
    public var precision: Precision?

    @Option(help: ArgumentHelp("Threads of the native engine; without it one on each core.", valueName: "n"))
    public var threads: Int?

    public init() {}

    public func validate() throws {
        try NumberCheck.require("--threads", threads, in: NativeEngine.possibleThreadCounts)
        if threads != nil, engine != .native { throw ValidationError("--threads wants --engine native") }
        if let precision, precision != .float32, engine != .native {
            throw ValidationError("--precision \(precision.rawValue) wants --engine native")
        }
    }

    /// Makes the engine.
    public func make() throws -> any ComputeEngine {
        switch engine {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .native: try native()
        }
    }

    private func native() throws -> NativeEngine {
        let wanted = threads ?? NativeEngine.defaultThreadCount
        // Where few threads can be had, tasks come first: without theirs nothing would go on.
        let limit = threads == nil ? ThreadRoom.engineThreadLimit ?? wanted : wanted
        let engine = try NativeEngine(threads: min(wanted, limit))
        if engine.threadCount < wanted {
            Console.note("the system allows \(engine.threadCount) of \(wanted) threads to compute with")
        }
        return engine
    }

    /// How precisely a part keeps its matrices that is no part of a model with a plan, such as a Whisper model. Eight
    /// bits are automatic with the native engine: results stay nearly the same, and a quarter of the memory is read.
    public var partPrecision: WeightPrecision {
        switch precision {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int4: .int4
        case .int8: .int8
        case .automatic, nil: engine == .native ? AutomaticPrecision.current.plan.encoder : .float32
        }
    }

    /// How precisely a codec or a model of voice activity keeps its matrices: in floats, unless another format is named
    /// for it alone. They are small, and the codec's errors would be heard.
    public var smallPartPrecision: WeightPrecision {
        precision == .automatic || precision == nil ? .float32 : partPrecision
    }

    /// The plan for a model.
    public func plan(for directory: ModelDirectory) throws -> PrecisionPlan {
        if let precision, let plan = PrecisionPlan.named[precision.rawValue] { return plan }
        return try directory.precision(published: engine == .native ? .automatic : .float32)
    }
}
