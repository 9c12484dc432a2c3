import OmniTensor
import Testing

/// The engines every numeric test runs on.
enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case reference, blas

    var value: any ComputeEngine {
        switch self {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        }
    }
    var testDescription: String { rawValue }
}
