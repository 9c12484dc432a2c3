import ArgumentParser
import CommandSupport
import Foundation
import OmniPipeline
import OmniSNAC

/// Where the codec is.
struct CodecOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of the model or of its codec, or a downloaded one; without it OMNI_MODEL.",
            valueName: "dir|id"))
    var model: String?

    func validate() throws { _ = try ModelLocation(option: model) }

    func load(engine: EngineOption) throws -> SNAC {
        let directory = try ModelDirectory.codec(in: ModelLocation(option: model).folder)
        return try SNAC.load(from: directory, engine: engine.make(), precision: engine.smallPartPrecision)
    }
}
