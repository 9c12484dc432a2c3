internal import Foundation

/// Paths of a repository's things in a cache.
struct RepositoryFolder: Sendable {
    let repository: HubRepository
    let path: String
    let locks: String
    /// The root of the cache.
    let cache: String

    init(cache: String, repository: HubRepository) {
        self.cache = cache
        self.repository = repository
        path = cache + "/" + repository.folderName
        locks = cache + "/.locks/" + repository.folderName
    }

    var blobs: String { path + "/blobs" }
    var refs: String { path + "/refs" }
    var snapshots: String { path + "/snapshots" }
    var trees: String { path + "/trees" }

    func blob(_ digest: HubDigest) -> String { blobs + "/" + digest.blobName }
    func incomplete(_ digest: HubDigest) -> String { blob(digest) + ".incomplete" }
    func lock(_ digest: HubDigest) -> String { locks + "/" + digest.blobName + ".lock" }
    func snapshot(_ commit: String) -> String { snapshots + "/" + commit }
    func tree(_ commit: String) -> String { trees + "/" + commit + ".json" }
    func file(_ file: HubFile, at commit: String) -> String { snapshot(commit) + "/" + file.path }

    // MARK: Revisions

    /// The commit that a revision meant when it was last downloaded; `nil` when it never was.
    func commit(of revision: HubRevision) -> String? {
        if let commit = revision.commit { return commit }
        guard let text = FileSystem.text(at: refs + "/" + revision.name, largest: 256) else { return nil }
        return HubRevision.commit(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// All names of branches and tags, by the commits that they mean.
    func revisionNames() -> [String: [String]] {
        var names: [String: [String]] = [:]
        for name in FileSystem.filesBelow(refs) where !name.hasSuffix(".tmp") {
            guard let revision = try? HubRevision(name), let commit = commit(of: revision) else { continue }
            names[commit, default: []].append(name)
        }
        return names.mapValues { $0.sorted() }
    }

    /// The commits of which there are files or lists.
    func commits() -> [String] {
        let listed = FileSystem.names(in: trees).compactMap { name in
            name.hasSuffix(".json") ? HubRevision.commit(String(name.dropLast(5))) : nil
        }
        return Set(FileSystem.names(in: snapshots).compactMap(HubRevision.commit) + listed).sorted()
    }

    // MARK: Files

    /// Whether a snapshot has a file of the length that the list announces.
    func has(_ file: HubFile, at commit: String) -> Bool {
        FileSystem.size(of: self.file(file, at: commit)) == file.size
    }

    /// The names of the blobs that the snapshots of these commits link to.
    func linkedBlobNames(at commits: [String]) -> Set<String> {
        Set(
            commits.flatMap { commit in
                FileSystem.filesBelow(snapshot(commit)).compactMap { file in
                    FileSystem.target(of: snapshot(commit) + "/" + file)?.split(separator: "/").last.map(String.init)
                }
            })
    }
}

/// A branch, tag or commit.
struct HubRevision: Sendable, Hashable {
    let name: String

    /// - Throws: ``HubError/badRevision(_:)`` for what Git does not allow, or what could leave a folder.
    init(_ name: String) throws(HubError) {
        guard HubFile.isSafe(name), name.utf8.count <= 255, !name.hasPrefix("-"), !name.hasSuffix(".lock"),
            !name.contains(where: { " ~^:?*[".contains($0) }), !name.contains("..")
        else { throw .badRevision(name) }
        self.name = name
    }

    /// The commit, when the revision is one itself.
    var commit: String? { Self.commit(name) }

    /// The text, when it is 40 hexadecimal digits.
    static func commit(_ text: String) -> String? {
        guard case .gitBlob(let digits) = HubDigest(blobName: text) else { return nil }
        return digits
    }
}
