public import Foundation

/// Downloads models from Hugging Face's hub, or one that speaks like it, into the cache that Python uses as well.
///
/// ```swift
/// let hub = try HubClient()
/// let snapshot = try await hub.snapshot(of: HubRepository("gpt-omni/mini-omni")) { progress in
///     print(progress.fraction, progress.timeLeft ?? .zero)
/// }
/// print(snapshot.folder)
/// ```
///
/// What is there already is not asked for again: a complete snapshot costs no request. A download that was interrupted,
/// by cancellation or by the end of the process, goes on where it ended. No file has its name before its length and its
/// hash are those that the hub announced.
public struct HubClient: Sendable {
    /// The hub, the cache and the limits.
    public let configuration: HubConfiguration
    private let connection: HubConnection

    /// Asks the hub that a configuration describes.
    public init(_ configuration: HubConfiguration) {
        self.configuration = configuration
        #if canImport(Darwin) || OMNI_URLSESSION
            connection = HubConnection(configuration: configuration, transport: URLSessionTransport())
        #else
            connection = HubConnection(configuration: configuration, transport: CurlTransport())
        #endif
    }

    /// Asks the hub that the environment names, see ``HubConfiguration/init(environment:)``.
    ///
    /// - Throws: ``HubError/badEndpoint(_:)``, ``HubError/badToken``.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(HubError) {
        try self.init(HubConfiguration(environment: environment))
    }

    /// Downloads what the cache lacks of a snapshot.
    ///
    /// - Parameters:
    ///   - repository: the repository.
    ///   - revision: a branch, a tag or a commit.
    ///   - patterns: patterns of the shell for the files that are needed; `nil` for those that a known model needs, and
    ///     all files of others.
    ///   - isUpdating: asks the hub what commit the branch means now. Without it a complete snapshot in the cache is
    ///     enough.
    ///   - isVerifying: reads what is there, and fetches anew what does not have its hash.
    ///   - progress: is told how far it is, at most ten times a second, and of waits that the hub asks for, on any
    ///     thread.
    /// - Returns: the snapshot, complete.
    /// - Throws: ``HubError``; `CancellationError` when the task is cancelled.
    public func snapshot(
        of repository: HubRepository, revision: String = "main", matching patterns: [String]? = nil,
        isUpdating: Bool = false, isVerifying: Bool = false, progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws -> HubSnapshot {
        let plan = try await plan(
            for: repository, revision: HubRevision(revision), patterns, isUpdating: isUpdating,
            isVerifying: isVerifying, progress)
        try await perform([plan], progress)
        return plan.snapshot
    }

    /// Downloads what the cache lacks of a model: its own snapshot, and those of the repositories that hold its other
    /// parts, see ``HubRepository/companions``.
    ///
    /// - Parameters:
    ///   - repository: the repository of the model.
    ///   - revision: a branch, a tag or a commit of it. Companions come from their main branch.
    ///   - isUpdating: asks the hub what commits the branches mean now.
    ///   - isVerifying: reads what is there, and fetches anew what does not have its hash.
    ///   - progress: is told how far all of it is, at most ten times a second, on any thread.
    /// - Returns: the model's own snapshot first, then its companions'.
    /// - Throws: ``HubError``; `CancellationError` when the task is cancelled.
    public func snapshots(
        ofModel repository: HubRepository, revision: String = "main", isUpdating: Bool = false,
        isVerifying: Bool = false,
        progress: (@Sendable (HubProgress) -> Void)? = nil
    ) async throws -> [HubSnapshot] {
        let main = try HubRevision("main")
        var plans = [
            try await plan(
                for: repository, revision: HubRevision(revision), nil, isUpdating: isUpdating,
                isVerifying: isVerifying, progress)
        ]
        for companion in repository.companions {
            try await plans.append(
                plan(
                    for: companion, revision: main, nil, isUpdating: isUpdating, isVerifying: isVerifying, progress))
        }
        try await perform(plans, progress)
        return plans.map(\.snapshot)
    }

    // MARK: Planning

    private func plan(
        for repository: HubRepository, revision: HubRevision, _ patterns: [String]?, isUpdating: Bool,
        isVerifying: Bool, _ progress: ProgressMeter.Report?
    ) async throws -> HubPlan {
        let places = configuration.cache.places(of: repository)
        if isVerifying { try await removeDamaged(repository, revision) }
        if !isUpdating, let commit = places.commit(of: revision),
            let found = configuration.cache.snapshot(of: repository, at: commit, matching: patterns)
        {
            return HubPlan(found, places, revision)
        }
        let patterns = patterns ?? repository.requiredFiles
        if configuration.isOffline { throw offline(repository, revision, patterns, places) }
        let (commit, tree) = try await listing(repository, revision, isUpdating: isUpdating, places, progress)
        let files = tree.matching(patterns)
        for text in patterns ?? ["*"] {
            let pattern = GlobPattern(text)
            guard files.contains(where: { pattern.matches($0.path) }) else {
                throw HubError.noSuchFile(repository, revision: revision.name, pattern: text)
            }
        }
        if isVerifying { try await removeDamagedBlobs(of: files.filter { !places.has($0, at: commit) }, places) }
        let folder = URL(filePath: places.snapshot(commit), directoryHint: .isDirectory)
        return HubPlan(
            HubSnapshot(repository: repository, commit: commit, folder: folder, files: files), places, revision)
    }

    /// The list that the cache keeps, where the commit is known; else the hub's.
    private func listing(
        _ repository: HubRepository, _ revision: HubRevision, isUpdating: Bool, _ places: RepositoryFolder,
        _ progress: ProgressMeter.Report?
    ) async throws -> (commit: String, HubTree) {
        if !isUpdating || revision.commit != nil, let commit = places.commit(of: revision),
            let tree = HubTree(contentsOf: places.tree(commit))
        {
            return (commit, tree)
        }
        let listing = try await connection.listing(of: repository, revision: revision, progress)
        // A snapshot's folder must be there wherever anything of it is: the Python client takes its absence for damage.
        try FileSystem.makeFolder(places.snapshot(listing.commit))
        try listing.tree.write(to: places.tree(listing.commit), pointerIDs: listing.pointerIDs)
        return (listing.commit, listing.tree)
    }

    private func offline(
        _ repository: HubRepository, _ revision: HubRevision, _ patterns: [String]?, _ places: RepositoryFolder
    ) -> HubError {
        let commit = places.commit(of: revision)
        let tree = commit.flatMap { HubTree(contentsOf: places.tree($0)) }
        let missing = tree?.matching(patterns).filter { file in commit.map { !places.has(file, at: $0) } ?? true }
        return .offline(repository, revision: revision.name, missing: missing?.map(\.path) ?? patterns ?? [])
    }

    private func removeDamaged(_ repository: HubRepository, _ revision: HubRevision) async throws {
        let cache = configuration.cache
        let places = cache.places(of: repository)
        guard let commit = places.commit(of: revision), places.commits().contains(commit) else { return }
        for file in try await cache.verify(repository, revision: commit) {
            guard case .damaged(let expected, let found) = file.result else { continue }
            // What cannot be fetched again is not removed.
            if configuration.isOffline { throw HubError.damaged(file: file.path, expected: expected, found: found) }
            let path = places.snapshot(commit) + "/" + file.path
            if let target = FileSystem.target(of: path), let name = target.split(separator: "/").last,
                HubDigest(blobName: String(name)) != nil
            {
                FileSystem.remove(places.blobs + "/" + name)
            }
            FileSystem.remove(path)
        }
    }

    /// Of files that a snapshot lacks, what other commits brought and was damaged since.
    private func removeDamagedBlobs(of files: [HubFile], _ places: RepositoryFolder) async throws {
        try await CancellationFlag.withThread { flag in
            let meter = ProgressMeter(completed: 0, total: 0, report: nil)
            for file in files {
                let blob = places.blob(file.digest)
                guard FileSystem.size(of: blob) == file.size else { continue }
                let found = try FileDigest.of(blob, size: file.size, like: file.digest, meter, flag)
                if found != file.digest { FileSystem.remove(blob) }
            }
        }
    }

    // MARK: Downloading

    private func perform(_ plans: [HubPlan], _ progress: (@Sendable (HubProgress) -> Void)?) async throws {
        let missing = plans.filter { !$0.missing.isEmpty }
        try HubPlan.requireSpace(for: missing)
        let meter = ProgressMeter(
            completed: plans.reduce(0) { $0 + $1.completedByteCount },
            total: plans.reduce(0) { $0 + $1.totalByteCount },
            report: progress)
        for plan in missing {
            for (file, presentByteCount) in plan.missing {
                try Task.checkCancellation()
                try await HubDownload(
                    file: file, commit: plan.snapshot.commit, places: plan.places, connection: connection, meter: meter,
                    countedByteCount: presentByteCount
                ).run()
            }
        }
        // A name means the new commit when all of it is there: until then the old one is found.
        for plan in plans
        where plan.revision.commit == nil && plan.places.commit(of: plan.revision) != plan.snapshot.commit {
            try FileSystem.write(plan.snapshot.commit, to: plan.places.refs + "/" + plan.revision.name)
        }
    }
}
