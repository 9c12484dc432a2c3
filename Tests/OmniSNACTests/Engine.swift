import OmniTensor
import OmniTesting
import Testing

/// The engines every numeric test runs on.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case reference, blas, native

    var value: any ComputeEngine {
        switch self {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        case .native: NativeEngine.forTests
        }
    }
    var testDescription: String { rawValue }
}
