public import Foundation

extension HubCache {
    /// A snapshot that is complete: every file that was asked for is there, with the length that the hub announced.
    ///
    /// - Parameters:
    ///   - repository: the repository.
    ///   - revision: a branch, a tag or a commit.
    ///   - patterns: patterns of the shell for the files that are needed; `nil` for those that a known model needs, and
    ///     all files of others.
    /// - Returns: `nil` when the cache does not have it all.
    /// - Throws: ``HubError/badRevision(_:)``.
    public func snapshot(
        of repository: HubRepository, revision: String = "main", matching patterns: [String]? = nil
    ) throws(HubError) -> HubSnapshot? {
        let places = places(of: repository)
        guard let commit = try places.commit(of: HubRevision(revision)) else { return nil }
        return snapshot(of: repository, at: commit, matching: patterns)
    }

    func snapshot(of repository: HubRepository, at commit: String, matching patterns: [String]?) -> HubSnapshot? {
        let places = places(of: repository)
        let patterns = patterns ?? repository.requiredFiles
        let folder = URL(filePath: places.snapshot(commit), directoryHint: .isDirectory)
        if let tree = HubTree(contentsOf: places.tree(commit)) {
            let files = tree.matching(patterns)
            guard files.allSatisfy({ places.has($0, at: commit) }), covers(patterns, files) else { return nil }
            return HubSnapshot(repository: repository, commit: commit, folder: folder, files: files)
        }
        // Older versions of the Python client keep no list: files that are named one by one can be looked for.
        guard let patterns, patterns.allSatisfy({ GlobPattern($0).isLiteral && HubFile.isSafe($0) }),
            patterns.allSatisfy({ (FileSystem.size(of: places.snapshot(commit) + "/" + $0) ?? 0) > 0 })
        else { return nil }
        return HubSnapshot(repository: repository, commit: commit, folder: folder, files: [])
    }

    /// Every pattern must find a file: a misspelt name is not "nothing to do".
    private func covers(_ patterns: [String]?, _ files: [HubFile]) -> Bool {
        guard let patterns else { return !files.isEmpty }
        return patterns.allSatisfy { text in
            let pattern = GlobPattern(text)
            return files.contains { pattern.matches($0.path) }
        }
    }

    /// The snapshot's folder, complete or not, with whatever files it has; `nil` when there is none.
    ///
    /// - Throws: ``HubError/badRevision(_:)``.
    public func folder(of repository: HubRepository, revision: String = "main") throws(HubError) -> URL? {
        let places = places(of: repository)
        guard let commit = try places.commit(of: HubRevision(revision)), FileSystem.isFolder(places.snapshot(commit))
        else { return nil }
        return URL(filePath: places.snapshot(commit), directoryHint: .isDirectory)
    }
}
