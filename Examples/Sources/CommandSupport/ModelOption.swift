public import ArgumentParser
public import Foundation
public import OmniPipeline
public import OmniSNAC
public import OmniTensor

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
    ///
    /// - Parameters:
    ///   - engine: how to compute.
    ///   - compute: the engine, when it is there already.
    ///   - noise: what the codec mixes into its audio.
    public func load(
        engine: EngineOption, on compute: (any ComputeEngine)? = nil, noise: NoiseSource
    ) async throws -> MiniOmni {
        let location = try location
        let directory = try location.directory
        Console.progress("Loading \(location.text)")
        defer { Console.endProgress() }
        return try await MiniOmni.load(
            directory, engine: compute ?? engine.make(), precision: engine.plan(for: directory), noise: noise)
    }
}
