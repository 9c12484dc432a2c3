import Foundation

/// What this process takes up at an instant.
struct MemoryUse {
    /// In memory, files that are mapped included.
    let residentByteCount: Int
    let threadCount: Int

    init() throws {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        residentByteCount = (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
        threadCount = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
}
