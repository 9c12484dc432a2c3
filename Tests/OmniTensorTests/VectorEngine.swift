import OmniTensor
import OmniTesting

/// An engine with vector loops of its own, which could leave the scalar definition at the edges.
struct VectorEngine: Sendable, CustomStringConvertible {
    let engine: any ComputeEngine
    let description: String

    /// The BLAS engine, and the native one at every instruction set of this machine.
    static let all =
        [VectorEngine(engine: BLASEngine(), description: "blas")]
        + NativeVariant.float32.map { VectorEngine(engine: $0.engine, description: "native, \($0.isa)") }
}
