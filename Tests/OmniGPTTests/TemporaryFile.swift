import Foundation

/// Runs `body` with a file that holds `bytes` and is removed afterwards.
func withTemporaryFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}
