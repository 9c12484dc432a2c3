import ArgumentParser
import Foundation
import OmniPipeline

struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model with its weights packed, ready to be mapped.",
        discussion: """
            The new folder is a whole model. It loads at once and processes that use it share its weights. With 8 bits the \
            language model and the speech encoder are int8, with 4 the language model is int4; 16 is bfloat16 and 32 \
            float32. The codec keeps its floats.
            """)

    enum Bits: String, ExpressibleByArgument, CaseIterable {
        case four = "4"
        case eight = "8"
        case sixteen = "16"
        case thirtyTwo = "32"

        var plan: PrecisionPlan {
            switch self {
            case .four: .int4
            case .eight: .int8
            case .sixteen: .bfloat16
            case .thirtyTwo: .float32
            }
        }
    }

    @Argument(help: "The directory of the published model.")
    var model: String

    @Argument(help: "The directory to write, made if needed.")
    var directory: String

    @Option(help: "Bits that a weight of the language model takes, the scales of its block aside.")
    var bits = Bits.eight

    func run() throws {
        try MiniOmni.pack(
            ModelDirectory(URL(filePath: model)), into: URL(filePath: directory, directoryHint: .isDirectory),
            precision: bits.plan
        ) { Console.progress($0) }
        Console.note("Wrote a packed model to \(directory): \(bits.plan)")
    }
}
