import Foundation
import OmniPipeline
import Testing

@testable import OmniServer

/// What was measured at the first start is known at the next one, and no file hinders a server.
@Suite struct CapacityCacheTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func capacity(_ seconds: Double) throws -> CapacityEstimate {
        let json = #"{"roundSeconds": {"1": \#(seconds)}, "audioSeconds": 0.08}"#
        return try JSONDecoder().decode(CapacityEstimate.self, from: Data(json.utf8))
    }

    private func key(_ folder: URL, precision: String = "int8", threads: Int = 2) -> CapacityCache.Key {
        CapacityCache.Key(
            model: folder, engine: "native avx2", precision: precision, threadCount: threads, version: "1")
    }

    @Test func eachKeyHasItsOwn() throws {
        try withFolder { folder in
            let caches = folder.appending(path: "a/caches")
            let model = folder.appending(path: "model")
            try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
            let first = CapacityCache(in: caches, key: key(model))
            let second = CapacityCache(in: caches, key: key(model, threads: 4))
            let third = CapacityCache(in: caches, key: key(model, precision: "float32"))
            #expect(first.load() == nil)
            try first.save(capacity(0.02))
            #expect(second.load() == nil && third.load() == nil)
            try second.save(capacity(0.01))
            try first.save(capacity(0.03))
            #expect(try CapacityCache(in: caches, key: key(model)).load() == capacity(0.03))
            #expect(try second.load() == capacity(0.01))
            // Other weights in the same folder are another model.
            try Data(count: 100).write(to: model.appending(path: "weights"))
            #expect(CapacityCache(in: caches, key: key(model)).load() == nil)
        }
    }

    @Test func onlyTheLatestStay() throws {
        try withFolder { folder in
            let model = folder.appending(path: "model")
            for threads in 1...20 {
                try CapacityCache(in: folder, key: key(model, threads: threads)).save(capacity(1))
            }
            #expect(CapacityCache(in: folder, key: key(model, threads: 4)).load() == nil)
            #expect(CapacityCache(in: folder, key: key(model, threads: 5)).load() != nil)
            let text = try String(contentsOf: folder.appending(path: "capacity.json"), encoding: .utf8)
            #expect(text.split(separator: "\"capacity\"").count == 17)
        }
    }

    @Test(arguments: ["", "[", "{}", #"[{"key": 1}]"#, String(repeating: "[", count: 1 << 19)])
    func aDamagedFileIsReplaced(text: String) throws {
        try withFolder { folder in
            let model = folder.appending(path: "model")
            let cache = CapacityCache(in: folder, key: key(model))
            try Data(text.utf8).write(to: folder.appending(path: "capacity.json"))
            #expect(cache.load() == nil)
            try cache.save(capacity(0.02))
            #expect(try cache.load() == capacity(0.02))
        }
    }

    @Test func aPlaceThatCannotBeWritten() throws {
        try withFolder { folder in
            try Data().write(to: folder.appending(path: "file"))
            let cache = CapacityCache(in: folder.appending(path: "file/below"), key: key(folder))
            #expect(cache.load() == nil)
            #expect(throws: (any Error).self) { try cache.save(capacity(1)) }
        }
    }

    @Test func theFolderOfCaches() {
        #if os(Linux)
            #expect(CapacityCache.directory(environment: ["XDG_CACHE_HOME": "/c"]).path() == "/c/omni")
            let home = ["XDG_CACHE_HOME": "relative", "HOME": "/home/a"]
            #expect(CapacityCache.directory(environment: home).path() == "/home/a/.cache/omni")
        #endif
    }
}
