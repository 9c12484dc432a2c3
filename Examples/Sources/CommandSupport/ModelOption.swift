public import ArgumentParser
public import Foundation
public import OmniPipeline
public import OmniSNAC

/// Where the model is.
public struct ModelOption: ParsableArguments, Sendable {
    @Option(name: .long, help: ArgumentHelp("The directory of the model.", valueName: "dir"))
    public var model: String

    public init() {}

    public var url: URL { URL(filePath: model) }

    /// Loads all parts, saying so.
    public func load(engine: EngineOption, noise: NoiseSource) async throws -> MiniOmni {
        Console.progress("Loading \(model)")
        defer { Console.endProgress() }
        let directory = try ModelDirectory(url)
        return try await MiniOmni.load(
            directory, engine: engine.make(), precision: engine.plan(for: directory), noise: noise)
    }
}
