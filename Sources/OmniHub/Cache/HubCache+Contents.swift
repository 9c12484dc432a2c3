internal import Foundation

/// A repository that a cache has something of.
public struct CachedRepository: Sendable, Hashable {
    /// The repository.
    public let repository: HubRepository
    /// The commits of which there are files.
    public let snapshots: [CachedSnapshot]
    /// Bytes of all files, each content once.
    public let byteCount: Int
    /// Bytes of files that have not come whole.
    public let incompleteByteCount: Int
}

/// What a cache has of a commit.
public struct CachedSnapshot: Sendable, Hashable {
    /// The commit.
    public let commit: String
    /// The branches and tags that meant it when they were last downloaded.
    public let revisions: [String]
    /// The files that are there.
    public let fileCount: Int
    /// Their bytes.
    public let byteCount: Int
    /// The files that a model of this kind needs, else all of the commit, and that are not there. Empty for a complete
    /// one; `nil` when the cache does not say what files the commit has.
    public let missing: [MissingFile]?
    /// Whether everything is there, as far as the cache tells: where it does not say what files the commit has, whether
    /// there are any, every link leads to a file, and no file of the repository is unfinished.
    public let isComplete: Bool
}

/// A file that has not come, or not whole.
public struct MissingFile: Sendable, Hashable {
    /// The file's path.
    public let path: String
    /// The bytes that it has; `nil` when that is not known.
    public let size: Int?
    /// The bytes of it that came before its download was interrupted.
    public let receivedByteCount: Int
}

extension HubCache {
    /// All repositories of models, in the order of their ids.
    public func repositories() -> [CachedRepository] {
        FileSystem.names(in: folder.path).compactMap(HubRepository.init(folderName:)).sorted { $0.id < $1.id }
            .compactMap(contents)
    }

    /// What there is of a repository; `nil` for nothing.
    public func contents(of repository: HubRepository) -> CachedRepository? {
        let places = places(of: repository)
        guard FileSystem.isFolder(places.path) else { return nil }
        let names = places.revisionNames()
        var (byteCount, incompleteByteCount) = (0, 0)
        for name in FileSystem.names(in: places.blobs) {
            let size = FileSystem.size(of: places.blobs + "/" + name) ?? 0
            if name.hasSuffix(".incomplete") { incompleteByteCount += size } else { byteCount += size }
        }
        let snapshots = places.commits().map { commit in
            let (missing, files) = (
                missingFiles(of: repository, at: commit), FileSystem.filesBelow(places.snapshot(commit))
            )
            let sizes = files.compactMap { FileSystem.size(of: places.snapshot(commit) + "/" + $0) }
            return CachedSnapshot(
                commit: commit, revisions: names[commit] ?? [], fileCount: sizes.count, byteCount: sizes.reduce(0, +),
                missing: missing,
                isComplete: missing?.isEmpty
                    ?? (!files.isEmpty && sizes.count == files.count && incompleteByteCount == 0))
        }
        return CachedRepository(
            repository: repository, snapshots: snapshots, byteCount: byteCount, incompleteByteCount: incompleteByteCount
        )
    }

    private func missingFiles(of repository: HubRepository, at commit: String) -> [MissingFile]? {
        let places = places(of: repository)
        let required = repository.requiredFiles
        guard let tree = HubTree(contentsOf: places.tree(commit)) else {
            return required?.filter { (FileSystem.size(of: places.snapshot(commit) + "/" + $0) ?? 0) == 0 }
                .map { MissingFile(path: $0, size: nil, receivedByteCount: 0) }
        }
        return tree.matching(required).filter { !places.has($0, at: commit) }.map { file in
            let whole = FileSystem.size(of: places.blob(file.digest)) ?? 0
            let part = FileSystem.size(of: places.incomplete(file.digest)) ?? 0
            return MissingFile(path: file.path, size: file.size, receivedByteCount: min(max(whole, part), file.size))
        }
    }
}
