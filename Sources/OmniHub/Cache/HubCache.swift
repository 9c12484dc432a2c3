public import Foundation

/// The folder where Python's `huggingface_hub` and this package keep what they downloaded; each finds what the other
/// has.
///
/// ```
/// models--gpt-omni--mini-omni/
///   refs/main                 the commit that the branch meant at the last download
///   blobs/5f2c…               a file's content, named by its hash
///   blobs/5f2c….incomplete    as much of it as came before a download was interrupted
///   snapshots/1a9f…/          one folder for each commit, with a link for each file: ../../blobs/5f2c…
///   trees/1a9f….json          what files the commit has, their sizes and hashes
/// .locks/                     lock files of running downloads
/// ```
///
/// Nothing here uses the network.
public struct HubCache: Sendable, Hashable {
    /// The folder.
    public let folder: URL

    /// Uses a folder, which may not be there yet.
    public init(folder: URL) { self.folder = folder.standardizedFileURL }

    /// The cache that the environment names: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `$HF_HOME/hub`,
    /// `$XDG_CACHE_HOME/huggingface/hub`, or `~/.cache/huggingface/hub`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        for name in ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"] {
            guard let path = environment[name], !path.isEmpty else { continue }
            self.init(folder: URL(filePath: EnvironmentPath.expand(path, environment), directoryHint: .isDirectory))
            return
        }
        self.init(folder: URL(filePath: Self.home(environment) + "/hub", directoryHint: .isDirectory))
    }

    /// `HF_HOME`, where the token is as well.
    static func home(_ environment: [String: String]) -> String {
        if let home = environment["HF_HOME"], !home.isEmpty { return EnvironmentPath.expand(home, environment) }
        if let caches = environment["XDG_CACHE_HOME"], !caches.isEmpty {
            return EnvironmentPath.expand(caches, environment) + "/huggingface"
        }
        return EnvironmentPath.home(environment) + "/.cache/huggingface"
    }

    func places(of repository: HubRepository) -> RepositoryFolder {
        RepositoryFolder(cache: folder.path, repository: repository)
    }
}

/// One commit of a repository, or the part of it that was asked for, as a folder of files.
public struct HubSnapshot: Sendable, Hashable {
    /// The repository.
    public let repository: HubRepository
    /// The commit, 40 hexadecimal digits.
    public let commit: String
    /// The folder with the files under their own names.
    public let folder: URL
    /// The files that were asked for. Empty where a cache has them without a list.
    public let files: [HubFile]
}
