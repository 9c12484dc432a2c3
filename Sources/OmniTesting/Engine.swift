public import OmniTensor

/// The engines that every numeric test runs on.
public enum Engine: String, CaseIterable, Sendable {
    /// The scalar oracle.
    case reference
    /// OpenBLAS or Accelerate.
    case blas
    /// Own kernels.
    case native

    /// The engine itself.
    public var value: any ComputeEngine {
        switch self {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .native: NativeEngine.forTests
        }
    }
}
