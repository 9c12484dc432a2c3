public import OmniTensor

/// An engine with weights of one precision, as a benchmark's name has it.
public struct BenchmarkEngine: Sendable {
    /// As in "native int8", or "native int8, 1 thread" where it is not a thread on each core.
    public let name: String
    public let engine: any ComputeEngine
    public let precision: WeightPrecision

    /// What is worth timing: BLAS, and the native engine with every precision, on all cores and on one.
    public static let all: [BenchmarkEngine] = {
        let blas = BenchmarkEngine(name: "blas float32", engine: BLASEngine(), precision: .float32)
        return [blas] + native(threads: nil) + native(threads: 1)
    }()

    private static func native(threads: Int?) -> [BenchmarkEngine] {
        guard let engine = try? NativeEngine(threads: threads) else { return [] }
        return WeightPrecision.all.map {
            BenchmarkEngine(
                name: "native \($0.name)" + (threads == nil ? "" : ", 1 thread"), engine: engine, precision: $0)
        }
    }
}
