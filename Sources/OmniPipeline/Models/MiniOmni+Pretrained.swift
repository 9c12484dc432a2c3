import Foundation
public import OmniGPT
public import OmniHub
public import OmniSNAC
public import OmniTensor
public import OmniTokenizer
public import OmniWhisper

extension OmniPipeline where Encoder == WhisperEncoder, Model == OmniGPT, Codec == SNAC, Text == TextTokenizer {
    /// Downloads what the cache lacks of a published model and loads it. What is there is not asked for again.
    ///
    /// ```swift
    /// let omni = try await MiniOmni.load(pretrained: "gpt-omni/mini-omni") { progress in
    ///     print(progress.fraction)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - id: a repository of the hub, `gpt-omni/mini-omni` for example.
    ///   - revision: a branch, a tag or a commit.
    ///   - hub: where to ask and where to keep files; `nil` for what the environment names, see `HubConfiguration`.
    ///   - engine: what to compute with; `nil` for a `NativeEngine` with a thread for each core.
    ///   - precision: how precisely the parts keep their matrices; `nil` for 32-bit floats.
    ///   - noise: what the codec mixes into its audio.
    ///   - progress: is told how far the download is, at most ten times a second, on any thread; never when nothing is
    ///     missing.
    /// - Throws: `HubError`, ``ModelDirectoryError``, `CancellationError`, and the errors of the parts. An interrupted
    ///   download goes on with the next call.
    public static func load(
        pretrained id: String, revision: String = "main", hub: HubClient? = nil, engine: (any ComputeEngine)? = nil,
        precision: PrecisionPlan? = nil, noise: NoiseSource = .seeded(0),
        progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws -> MiniOmni {
        let files = try await ModelDirectory(
            pretrained: HubRepository(id), revision: revision, hub: hub ?? HubClient(), progress: progress)
        return try await load(files, engine: engine, precision: precision, noise: noise)
    }
}

extension ModelDirectory {
    /// Downloads what the cache lacks of a published model and looks for its files. They stay where the cache has them:
    /// a codec in a repository of its own is found beside the model's.
    ///
    /// - Parameters:
    ///   - repository: the repository of the model. One without a codec gets the published one, SNAC at 24 kHz.
    ///   - revision: a branch, a tag or a commit.
    ///   - hub: where to ask and where to keep files.
    ///   - progress: is told how far the download is.
    /// - Throws: `HubError`, ``ModelDirectoryError``, `CancellationError`.
    public init(
        pretrained repository: HubRepository, revision: String = "main", hub: HubClient,
        progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws {
        let snapshots = try await hub.snapshots(ofModel: repository, revision: revision, progress: progress)
        let folder = snapshots[0].folder
        if Self.lacksOnlyCodec(folder) { _ = try await hub.snapshot(of: .snac24kHz, progress: progress) }
        try self.init(folder)
    }
}

extension ModelDirectory {
    private static func lacksOnlyCodec(_ folder: URL) -> Bool {
        do {
            _ = try ModelDirectory(folder)
            return false
        } catch {
            guard error.problems.count == 1, case .missing(.codec, _) = error.problems[0] else { return false }
            return true
        }
    }
}
