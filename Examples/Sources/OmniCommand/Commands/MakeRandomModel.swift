import ArgumentParser
import CommandSupport
import Foundation
import RandomModel

struct MakeRandomModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-random-model",
        abstract: "Write a model with random weights in the published file formats.",
        discussion: """
            It has the dimensions, the file sizes and the speed of a real model and nothing to say. An answer of its \
            runs until --max-steps ends it.
            """)

    enum Size: String, ExpressibleByArgument, CaseIterable {
        case released, tiny

        var dimensions: RandomModelDimensions {
            switch self {
            case .released: .released
            case .tiny: .tiny
            }
        }
    }

    @Argument(help: "The directory to write, made if needed; one that has a model is refused.")
    var directory: String

    @Option(help: "released: as large as the published Mini-Omni, 2.5 GB; tiny: a megabyte.")
    var size = Size.released

    @Option(help: ArgumentHelp("Equal seeds give equal files.", valueName: "s"))
    var seed: UInt64 = 0

    func validate() throws {
        if directory.isEmpty { throw ValidationError("name a directory to write") }
    }

    func run() throws {
        for name in RandomModel.names {
            let path = URL(argument: directory).appending(path: name).path
            guard !FileManager.default.fileExists(atPath: path) else {
                throw OutputError(path: path, reason: "there is a model already; nothing was changed")
            }
        }
        let model = RandomModel(dimensions: size.dimensions, seed: seed)
        try model.write(to: URL(argument: directory)) { file in
            Console.progress("Writing \(file)")
        }
        Console.note("Wrote a random model to \(directory)")
    }
}
