import ArgumentParser
import Foundation
import OmniPipeline
import OmniSNAC

/// Where the model is.
struct ModelOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The directory of the model.", valueName: "dir"))
    var model: String

    var url: URL { URL(filePath: model) }

    /// Loads all parts, saying so.
    func load(engine: EngineOption, noise: NoiseSource) async throws -> MiniOmni {
        Console.progress("Loading \(model)")
        defer { Console.endProgress() }
        let directory = try ModelDirectory(url)
        return try await MiniOmni.load(
            directory, engine: engine.make(), precision: engine.plan(for: directory), noise: noise)
    }
}
