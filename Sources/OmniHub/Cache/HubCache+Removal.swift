extension HubCache {
    /// Removes a repository, or what one of its revisions alone uses.
    ///
    /// - Parameters:
    ///   - repository: the repository.
    ///   - revision: a branch, a tag or a commit: its snapshot goes, and the content that no other snapshot uses; `nil`
    ///     for everything, unfinished downloads as well.
    /// - Returns: the bytes that became free.
    /// - Throws: ``HubError/notCached(_:revision:)``, ``HubError/busy(_:)`` while another process downloads the
    ///   repository,
    ///   ``HubError/unusable(path:reason:)``.
    @discardableResult
    public func remove(_ repository: HubRepository, revision: String? = nil) throws(HubError) -> Int {
        let places = places(of: repository)
        guard FileSystem.isFolder(places.path) else { throw .notCached(repository, revision: nil) }
        let locks = try lockAll(places)
        defer { withExtendedLifetime(locks) {} }
        let before = byteCount(of: places)
        if let revision {
            guard let commit = try places.commit(of: HubRevision(revision)), places.commits().contains(commit) else {
                throw .notCached(repository, revision: revision)
            }
            try removeSnapshot(commit, places)
        } else {
            // What names goes before what is named: an interruption leaves no name of something that is gone.
            for part in [places.refs, places.snapshots, places.trees, places.path] { try FileSystem.removeTree(part) }
        }
        try FileSystem.removeTree(places.locks)
        return before - byteCount(of: places)
    }

    private func removeSnapshot(_ commit: String, _ places: RepositoryFolder) throws(HubError) {
        for name in places.revisionNames()[commit] ?? [] { FileSystem.remove(places.refs + "/" + name) }
        let unfinished = HubTree(contentsOf: places.tree(commit))?.files.map { places.incomplete($0.digest) } ?? []
        try FileSystem.removeTree(places.snapshot(commit))
        FileSystem.remove(places.tree(commit))
        unfinished.forEach(FileSystem.remove)
        let used = places.linkedBlobNames(at: places.commits())
        for name in FileSystem.names(in: places.blobs) where HubDigest(blobName: name) != nil && !used.contains(name) {
            FileSystem.remove(places.blobs + "/" + name)
        }
    }

    private func byteCount(of places: RepositoryFolder) -> Int {
        FileSystem.names(in: places.blobs).reduce(0) { $0 + (FileSystem.size(of: places.blobs + "/" + $1) ?? 0) }
    }

    /// Takes every lock that a download of the repository has left or holds.
    private func lockAll(_ places: RepositoryFolder) throws(HubError) -> [FileLock] {
        var locks: [FileLock] = []
        for name in FileSystem.names(in: places.locks) where name.hasSuffix(".lock") {
            guard let lock = try FileLock(trying: places.locks + "/" + name) else { throw .busy(places.repository) }
            locks.append(lock)
        }
        return locks
    }
}
