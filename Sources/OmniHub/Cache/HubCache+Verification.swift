/// A file of a snapshot, compared with its hash.
public struct VerifiedFile: Sendable, Hashable {
    /// What the comparison says.
    public enum Result: Sendable, Hashable {
        /// The content has its hash.
        case good
        /// It has another.
        case damaged(expected: HubDigest, found: HubDigest)
        /// It is longer or shorter than the hub announced.
        case wrongLength(expected: Int, found: Int)
        /// It is not there.
        case missing
        /// The cache does not keep a hash for it.
        case unknown
    }

    /// The path in the repository.
    public let path: String
    /// The bytes that are there.
    public let byteCount: Int
    /// Whether they are right.
    public let result: Result
}

extension HubCache {
    /// Reads every file of a snapshot and compares it with its hash. Outside the pool of threads that tasks share.
    ///
    /// The cache does not record which files were asked for. Missing are the files that a known model needs, links to
    /// content that is gone, and files of the list whose content came, whole or in part, and that no snapshot links to.
    /// A snapshot without any file lacks all. Files of which nothing ever came are not expected.
    ///
    /// - Parameters:
    ///   - repository: the repository.
    ///   - revision: a branch, a tag or a commit.
    ///   - progress: is told how far it is, at most ten times a second.
    /// - Returns: the files that are there and those that are missing, in the order of their paths.
    /// - Throws: ``HubError/notCached(_:revision:)`` for a revision of which there are neither files nor a list,
    ///   ``HubError/badRevision(_:)``, ``HubError/unusable(path:reason:)`` for a file that cannot be read,
    ///   `CancellationError`.
    public func verify(
        _ repository: HubRepository, revision: String = "main", progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws -> [VerifiedFile] {
        let places = places(of: repository)
        guard let commit = try places.commit(of: HubRevision(revision)) ?? onlyCommit(of: places),
            places.commits().contains(commit)
        else {
            throw HubError.notCached(repository, revision: revision)
        }
        let tree = HubTree(contentsOf: places.tree(commit))
        let present = FileSystem.filesBelow(places.snapshot(commit))
        // By bytes, as the file system compares names.
        let presentBytes = Set(present.map { Array($0.utf8) })
        let missing = expected(of: repository, tree, places, isEmpty: present.isEmpty)
            .filter { !presentBytes.contains(Array($0.utf8)) }
        let paths = (present + missing).sorted()
        let listed = Dictionary(
            (tree?.files ?? []).map { (Array($0.path.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        let total = paths.reduce(0) { $0 + (FileSystem.size(of: places.snapshot(commit) + "/" + $1) ?? 0) }
        let meter = ProgressMeter(completed: 0, total: total, report: progress)
        return try await CancellationFlag.withThread { flag in
            try paths.map { path in
                meter.begin(path)
                let place = places.snapshot(commit) + "/" + path
                return try Self.verify(place, path, listed[Array(path.utf8)], meter, flag)
            }
        }
    }

    /// The paths that must be there, those that are there aside.
    private func expected(
        of repository: HubRepository, _ tree: HubTree?, _ places: RepositoryFolder, isEmpty: Bool
    ) -> [String] {
        guard let tree else { return repository.requiredFiles ?? [] }
        let required = repository.requiredFiles.map { Set(tree.matching($0).map(\.path)) } ?? []
        let linked = isEmpty ? [] : places.linkedBlobNames(at: places.commits())
        return tree.files.filter { file in
            required.contains(file.path) || (isEmpty && repository.requiredFiles == nil)
                || !linked.contains(file.digest.blobName)
                    && (FileSystem.exists(places.blob(file.digest))
                        || FileSystem.exists(places.incomplete(file.digest)))
        }.map(\.path)
    }

    /// Without a branch there may still be one commit, whose download was interrupted. One that has another branch's
    /// name is not meant.
    private func onlyCommit(of places: RepositoryFolder) -> String? {
        let commits = places.commits()
        return commits.count == 1 && places.revisionNames()[commits[0]] == nil ? commits[0] : nil
    }

    private static func verify(
        _ place: String, _ path: String, _ listed: HubFile?, _ meter: ProgressMeter, _ flag: CancellationFlag
    ) throws -> VerifiedFile {
        guard let size = FileSystem.size(of: place) else {
            return VerifiedFile(path: path, byteCount: 0, result: .missing)
        }
        if let listed, listed.size != size {
            return VerifiedFile(path: path, byteCount: size, result: .wrongLength(expected: listed.size, found: size))
        }
        // Without a list the blob's name is the hash.
        let name = FileSystem.target(of: place).map { String($0.split(separator: "/").last ?? "") }
        guard let expected = listed?.digest ?? name.flatMap(HubDigest.init(blobName:)) else {
            return VerifiedFile(path: path, byteCount: size, result: .unknown)
        }
        let found = try FileDigest.of(place, size: size, like: expected, meter, flag)
        return VerifiedFile(
            path: path, byteCount: size,
            result: found == expected ? .good : .damaged(expected: expected, found: found))
    }
}
