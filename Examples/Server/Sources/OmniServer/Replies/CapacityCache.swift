public import Foundation
import OmniPipeline

/// Keeps what a machine was measured to bear, so that only the first start of a server measures before it serves.
///
/// A file that is missing, damaged or not writable is no fault: the server measures again.
public struct CapacityCache: Sendable {
    /// What measurements hold for.
    public struct Key: Sendable, Hashable, Codable {
        /// The folder of the model.
        public var model: String
        /// Bytes of its files.
        public var byteCount: Int
        /// The engine, with its instruction set.
        public var engine: String
        /// The precisions that its parts compute at.
        public var precision: String
        public var threadCount: Int
        /// Of this program.
        public var version: String

        /// - Parameter model: the folder of the model.
        public init(model: URL, engine: String, precision: String, threadCount: Int, version: String) {
            let folder = model.resolvingSymlinksInPath()
            self.model = folder.path(percentEncoded: false)
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
            byteCount = 0
            while let file = files?.nextObject() as? URL {
                let values = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey])
                byteCount += values?.fileSize ?? 0
            }
            self.engine = engine
            self.precision = precision
            self.threadCount = threadCount
            self.version = version
        }
    }

    private struct Entry: Codable {
        var key: Key
        var capacity: CapacityEstimate
    }

    /// Of other models and engines, the latest stay.
    private static let maximumEntryCount = 16
    private static let maximumByteCount = 1 << 18

    private let file: URL
    private let key: Key

    /// - Parameters:
    ///   - directory: where the file lies; ``directory(environment:)``.
    ///   - key: what the measurements hold for.
    public init(in directory: URL, key: Key) {
        file = directory.appending(path: "capacity.json")
        self.key = key
    }

    /// The folder `omni` in the user's folder of caches: `$XDG_CACHE_HOME`, or `~/.cache`, on Linux.
    public static func directory(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        #if os(Linux)
            // A relative path is to be ignored.
            if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
                return URL(filePath: path).appending(path: "omni")
            }
            let home = environment["HOME"].map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser
            return home.appending(path: ".cache/omni")
        #else
            return URL.cachesDirectory.appending(path: "omni")
        #endif
    }

    /// What was measured at an earlier start; `nil` when nothing is known.
    func load() -> CapacityEstimate? { entries.last { $0.key == key }?.capacity }

    /// Keeps what was measured.
    ///
    /// - Throws: an error of the file system.
    func save(_ capacity: CapacityEstimate) throws {
        let others = entries.filter { $0.key != key }.suffix(Self.maximumEntryCount - 1)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(others + [Entry(key: key, capacity: capacity)])
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file, options: .atomic)
    }

    private var entries: [Entry] {
        let values = try? file.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
        guard values?.isRegularFile == true, let count = values?.fileSize, count <= Self.maximumByteCount,
            let data = try? Data(contentsOf: file)
        else { return [] }
        return (try? JSONDecoder().decode([Entry].self, from: data)) ?? []
    }
}
