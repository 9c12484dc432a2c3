import ArgumentParser
import OmniTensor

/// What to compute with.
struct EngineOption: ParsableArguments {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case reference, blas
    }

    @Option(help: "What to compute with: reference (plain scalar code, slow) or blas (OpenBLAS).")
    var engine = Name.blas

    var value: any ComputeEngine {
        switch engine {
        case .reference: ReferenceEngine()
        case .blas: BLASEngine()
        }
    }
}
