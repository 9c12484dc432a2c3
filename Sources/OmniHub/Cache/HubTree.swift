internal import Foundation
internal import OmniFormats

/// The files of a commit, as `trees/<commit>.json` keeps them, which Python's `huggingface_hub` writes as well.
struct HubTree: Sendable, Hashable {
    /// A commit of a model repository has far fewer.
    static let largestFileCount = 100_000
    static let largestByteCount = 64 << 20
    /// Of all files together: the sum over a model and its companions is still an `Int`.
    static let largestContentByteCount = 1 << 60

    /// Sorted by path.
    let files: [HubFile]

    /// - Throws: ``HubError/unsafePath(_:)`` when a file has another's path as its folder, or a path comes twice;
    ///   ``HubError/impossibleSize(file:)`` when the sizes are too large together.
    init(_ files: [HubFile]) throws(HubError) {
        self.files = files.sorted { $0.path < $1.path }
        // By bytes: names that differ only in Unicode normalisation are two files.
        let paths = Set(files.map { Array($0.path.utf8) })
        guard paths.count == files.count else { throw .unsafePath("a path that comes twice") }
        var contentByteCount = 0
        for file in files {
            let path = Array(file.path.utf8)
            for index in path.indices where path[index] == UInt8(ascii: "/") {
                guard !paths.contains(Array(path[..<index])) else { throw .unsafePath(file.path) }
            }
            contentByteCount += file.size
            guard contentByteCount <= Self.largestContentByteCount else { throw .impossibleSize(file: file.path) }
        }
    }

    /// The files that any of the patterns matches, all without patterns.
    func matching(_ patterns: [String]?) -> [HubFile] {
        guard let patterns = patterns?.map(GlobPattern.init) else { return files }
        return files.filter { file in patterns.contains { $0.matches(file.path) } }
    }

    // MARK: File

    private struct Stored: Codable {
        struct Entry: Codable {
            let size: Int
            let blob_id: String
            var lfs_sha256: String?
            var lfs_size: Int?
        }

        let format_version: Int
        let files: [String: Entry]
    }

    /// Reads a list; `nil` when there is none or it is not as it should be, so that the hub is asked again.
    init?(contentsOf path: String) {
        guard let bytes = FileSystem.bytes(at: path, largest: Self.largestByteCount),
            JSONText.fault(in: bytes) == nil, let stored = try? JSONDecoder().decode(Stored.self, from: bytes),
            stored.format_version == 1,
            stored.files.count <= Self.largestFileCount
        else { return nil }
        var files: [HubFile] = []
        for (path, entry) in stored.files {
            guard let digest = HubDigest(blobName: entry.lfs_sha256 ?? entry.blob_id),
                let file = try? HubFile(path: path, size: entry.lfs_size ?? entry.size, digest: digest)
            else { return nil }
            files.append(file)
        }
        guard let tree = try? HubTree(files) else { return nil }
        self = tree
    }

    /// Writes the list. One with names that differ only in Unicode normalisation is not kept, because a `Dictionary`
    /// takes them for one: the hub is asked again.
    ///
    /// - Parameter pointerIDs: by path, the Git blobs of the pointers that stand for files of Git LFS.
    func write(to path: String, pointerIDs: [String: String]) throws(HubError) {
        var entries: [String: Stored.Entry] = [:]
        for file in files {
            switch file.digest {
            case .gitBlob(let id): entries[file.path] = Stored.Entry(size: file.size, blob_id: id)
            case .sha256(let digits):
                entries[file.path] = Stored.Entry(
                    size: file.size, blob_id: pointerIDs[file.path] ?? digits, lfs_sha256: digits, lfs_size: file.size)
            }
        }
        guard entries.count == files.count else { return FileSystem.remove(path) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let bytes = try? encoder.encode(Stored(format_version: 1, files: entries)) else {
            throw .unusable(path: path, reason: "the list of files cannot be written as JSON")
        }
        try FileSystem.write(String(decoding: bytes, as: UTF8.self), to: path)
    }
}
