import Foundation
import OmniPipeline
import OmniSNAC

/// A model in memory.
struct LoadedModel {
    let directory: ModelDirectory
    let pipeline: MiniOmni

    /// Loads all parts, saying so.
    static func load(_ option: ModelOption, engine: EngineOption, noise: NoiseSource) async throws -> LoadedModel {
        Console.progress("Loading \(option.model)")
        defer { Console.endProgress() }
        let directory = try ModelDirectory(option.url)
        return LoadedModel(
            directory: directory,
            pipeline: try await MiniOmni.load(
                directory, engine: engine.make(), precision: engine.precision.value, noise: noise))
    }
}
