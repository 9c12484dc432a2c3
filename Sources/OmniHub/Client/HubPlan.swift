/// What of a snapshot must come.
struct HubPlan: Sendable {
    let snapshot: HubSnapshot
    let places: RepositoryFolder
    /// The branch or tag that was asked for, to be remembered.
    let revision: HubRevision
    /// The files that are not there, and the bytes of each that are.
    let missing: [(file: HubFile, presentByteCount: Int)]

    /// Sorts out what the snapshot lacks.
    init(_ snapshot: HubSnapshot, _ places: RepositoryFolder, _ revision: HubRevision) {
        self.snapshot = snapshot
        self.places = places
        self.revision = revision
        missing = snapshot.files.filter { !places.has($0, at: snapshot.commit) }.map { file in
            (file, Self.presentByteCount(of: file, places))
        }
    }

    /// All bytes of the snapshot.
    var totalByteCount: Int { snapshot.files.reduce(0) { $0 + $1.size } }

    /// The bytes that are there, those of unfinished downloads included.
    var completedByteCount: Int { totalByteCount - missing.reduce(0) { $0 + $1.file.size - $1.presentByteCount } }

    /// What there is of a file that its snapshot does not have.
    private static func presentByteCount(of file: HubFile, _ places: RepositoryFolder) -> Int {
        if FileSystem.size(of: places.blob(file.digest)) == file.size { return file.size }
        let part = FileSystem.size(of: places.incomplete(file.digest)) ?? 0
        return part <= file.size ? part : 0
    }

    /// Compares the bytes that must come for all plans of one cache with the space there is. Files with the same
    /// content come once.
    ///
    /// - Throws: ``HubError/diskFull(folder:needed:available:)``.
    static func requireSpace(for plans: [HubPlan]) throws(HubError) {
        guard let cache = plans.first?.places.cache else { return }
        var missing: [String: Int] = [:]
        for plan in plans {
            for (file, present) in plan.missing { missing[plan.places.blob(file.digest)] = file.size - present }
        }
        let needed = missing.values.reduce(0, +)
        guard let available = FileSystem.availableByteCount(cache), available < needed else { return }
        throw .diskFull(folder: cache, needed: needed, available: available)
    }
}
