public import ArgumentParser
public import Foundation
public import OmniPipeline
public import OmniSNAC

/// Where the model is.
public struct ModelOption: ParsableArguments, Sendable {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A directory, or a downloaded model such as gpt-omni/mini-omni; without it OMNI_MODEL.", valueName: "dir|id"
        ))
    public var model: String?

    public init() {}

    public func validate() throws { _ = try location }

    /// What was named.
    public var location: ModelLocation {
        get throws { try ModelLocation(option: model) }
    }

    /// The folder with the files.
    public var url: URL {
        get throws { try location.folder }
    }

    /// Loads all parts, saying so.
    public func load(engine: EngineOption, noise: NoiseSource) async throws -> MiniOmni {
        let location = try location
        let directory = try location.directory
        Console.progress("Loading \(location.text)")
        defer { Console.endProgress() }
        return try await MiniOmni.load(
            directory, engine: engine.make(), precision: engine.plan(for: directory), noise: noise)
    }
}
