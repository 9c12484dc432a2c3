public import OmniTensor

/// An engine with weights of one precision, as a benchmark's name has it.
public struct BenchmarkEngine: Sendable {
    /// As in "native int8".
    public let name: String
    public let engine: any ComputeEngine
    public let precision: WeightPrecision

    /// What is worth timing: BLAS, and the native engine with every precision.
    public static let all: [BenchmarkEngine] = {
        let blas = BenchmarkEngine(name: "blas float32", engine: BLASEngine(), precision: .float32)
        guard let native = try? NativeEngine() else { return [blas] }
        return [blas]
            + WeightPrecision.all.map {
                BenchmarkEngine(name: "native \($0.name)", engine: native, precision: $0)
            }
    }()
}
