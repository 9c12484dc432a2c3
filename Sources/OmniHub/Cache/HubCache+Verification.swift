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
    /// - Parameter progress: is told how far it is, at most ten times a second.
    /// - Returns: the files in the order of their paths; of a known model without a list those that it needs.
    /// - Throws: ``HubError/notCached(_:revision:)``, ``HubError/badRevision(_:)``, ``HubError/unusable(path:reason:)``
    ///   for a file that cannot be read, `CancellationError`.
    public func verify(
        _ repository: HubRepository, revision: String = "main", progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws -> [VerifiedFile] {
        let places = places(of: repository)
        guard let commit = try places.commit(of: HubRevision(revision)) ?? onlyCommit(of: places) else {
            throw HubError.notCached(repository, revision: revision)
        }
        let tree = HubTree(contentsOf: places.tree(commit))
        let present = FileSystem.filesBelow(places.snapshot(commit))
        let wanted = tree?.matching(repository.requiredFiles).map(\.path) ?? repository.requiredFiles ?? []
        let paths = Set(present + wanted.filter { _ in repository.requiredFiles != nil || present.isEmpty }).sorted()
        let listed = Dictionary(uniqueKeysWithValues: (tree?.files ?? []).map { ($0.path, $0) })
        let total = paths.reduce(0) { $0 + (FileSystem.size(of: places.snapshot(commit) + "/" + $1) ?? 0) }
        let meter = ProgressMeter(completed: 0, total: total, report: progress)
        return try await CancellationFlag.withThread { flag in
            try paths.map { path in
                meter.begin(path)
                return try Self.verify(places.snapshot(commit) + "/" + path, path, listed[path], meter, flag)
            }
        }
    }

    /// Without a branch there may still be one commit, whose download was interrupted.
    private func onlyCommit(of places: RepositoryFolder) -> String? {
        let commits = places.commits()
        return commits.count == 1 ? commits[0] : nil
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
