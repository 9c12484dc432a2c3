import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What this process takes up at an instant.
struct MemoryUse {
    /// In memory, files that are mapped included.
    let residentByteCount: Int
    /// Given out by the allocator and not given back: what is resident beyond it is on its shelves.
    let allocatedByteCount: Int
    let threadCount: Int

    init() throws {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        residentByteCount = (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
        threadCount = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        #if canImport(Glibc)
            let allocator = mallinfo2()
            allocatedByteCount = Int(allocator.uordblks + allocator.hblkhd)
        #else
            allocatedByteCount = 0
        #endif
    }
}
