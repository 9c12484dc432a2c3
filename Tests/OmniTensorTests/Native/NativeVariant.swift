import OmniTensor
import OmniTesting

/// A native engine at one instruction set, with more threads than there may be cores, and the precision to pack at.
struct NativeVariant: Sendable, CustomStringConvertible {
    let isa: InstructionSet
    let precision: WeightPrecision
    let engine: NativeEngine

    /// Every instruction set of this machine at every precision.
    static let all: [NativeVariant] = {
        let engines = InstructionSet.available.compactMap { try? NativeEngine(threads: 3, isa: $0) }
        return engines.flatMap { engine in
            WeightPrecision.all.map { NativeVariant(isa: engine.instructionSet, precision: $0, engine: engine) }
        }
    }()

    /// Every instruction set once.
    static let float32 = all.filter { $0.precision == .float32 }

    /// The two integer precisions.
    static let integers = all.filter { [.int8, .int4].contains($0.precision) }

    var description: String { "\(isa), \(precision)" }
}
