import Foundation
import Synchronization
import Testing

@testable import OmniHub

/// A cache of its own, and clients that use it.
final class HubFixture: Sendable {
    static let model = "somebody/small-model"
    let folder: URL
    let cache: HubCache

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "omni-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        cache = HubCache(folder: folder.appending(path: "hub"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func repository(_ id: String = model) throws -> HubRepository { try HubRepository(id) }

    /// A model with a large file of Git LFS, a small one of Git, and one in a folder.
    static func content(largeByteCount: Int = 300_000) -> LoopbackHub.Repository {
        LoopbackHub.Repository(files: [
            "weights.bin": LoopbackHub.Content(bytes(largeByteCount)), "config.json": LoopbackHub.Content("{\"a\": 1}"),
            "sub/folder/vocabulary.txt": LoopbackHub.Content("one\ntwo\n"),
        ])
    }

    /// Bytes that repeat nowhere soon.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    func configuration(_ hub: LoopbackHub, token: String? = nil) throws -> HubConfiguration {
        var configuration = HubConfiguration(cache: cache)
        configuration.endpoint = try #require(URL(string: hub.endpoint))
        configuration.token = try token.flatMap { try HubToken($0) }
        configuration.firstRetryDelay = .milliseconds(1)
        configuration.stallLimit = .seconds(20)
        return configuration
    }

    func client(_ hub: LoopbackHub, token: String? = nil) throws -> HubClient {
        try HubClient(configuration(hub, token: token))
    }

    /// The folder of the repository in the cache.
    var places: RepositoryFolder {
        get throws { try cache.places(of: Self.repository()) }
    }

    /// Every file of a snapshot has the content that the hub has, and nothing unfinished is left.
    func expectComplete(
        _ snapshot: HubSnapshot, _ repository: LoopbackHub.Repository, only paths: [String]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (path, content) in repository.files where paths?.contains(path) ?? true {
            let bytes = try Data(contentsOf: snapshot.folder.appending(path: path))
            #expect(Array(bytes) == content.bytes, sourceLocation: sourceLocation)
        }
        let unfinished = try FileSystem.names(in: places.blobs).filter { $0.hasSuffix(".incomplete") }
        #expect(unfinished == [], sourceLocation: sourceLocation)
    }

    func incompleteByteCount() throws -> Int {
        try FileSystem.names(in: places.blobs).filter { $0.hasSuffix(".incomplete") }
            .reduce(0) { try $0 + (FileSystem.size(of: places.blobs + "/" + $1) ?? 0) }
    }
}

/// Keeps what a closure was told.
final class Record<Value: Sendable>: Sendable {
    private let state = Mutex<[Value]>([])

    var values: [Value] { state.withLock { $0 } }

    func add(_ value: Value) { state.withLock { $0.append(value) } }
}
