import ArgumentParser
import Foundation
import OmniPipeline
import OmniSNAC
import OmniTensor

/// Where the codec is.
struct CodecOption: ParsableArguments {
    @Option(help: ArgumentHelp("The directory of the model, or of its codec.", valueName: "dir"))
    var model: String

    func load(engine: any ComputeEngine) throws -> SNAC {
        let directory = try ModelDirectory.codec(in: URL(filePath: model))
        return try SNAC.load(from: directory, engine: engine)
    }
}
