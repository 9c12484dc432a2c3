import ArgumentParser
import OmniSNAC

/// The noise that the codec mixes into what it decodes.
struct NoiseOption: ParsableArguments {
    enum Kind: String, ExpressibleByArgument, CaseIterable, Codable {
        case none, seeded
    }

    @Option(help: "The noise that the codec mixes in: none, or drawn from the seed.")
    var noise = Kind.seeded

    func value(seed: UInt64) -> NoiseSource {
        switch noise {
        case .none: .none
        case .seeded: .seeded(seed)
        }
    }
}
