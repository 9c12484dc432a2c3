import Foundation
import OmniTensor

/// Runs `body` with a place for a file, empty or holding `bytes`, that is removed afterwards.
func withTemporaryFile<Result>(_ bytes: [UInt8]? = nil, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
    if let bytes { try Data(bytes).write(to: url) }
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}

/// Opens bytes as a checkpoint; the mapping outlives the file's name.
func checkpoint(_ bytes: [UInt8]) throws -> Checkpoint {
    try withTemporaryFile(bytes) { try Checkpoint(contentsOf: $0) }
}
