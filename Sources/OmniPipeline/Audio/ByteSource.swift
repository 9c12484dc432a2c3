import Foundation

/// Bytes in order, from memory, a file or a pipe.
protocol ByteSource {
    /// What to call the input in messages.
    var name: String { get }
    /// Bytes taken so far.
    var offset: UInt64 { get }

    /// The next bytes: fewer than `count` only at the end.
    mutating func read(upTo count: Int) throws(WAVError) -> [UInt8]

    /// Goes to an earlier or later byte; `false` when the input cannot.
    mutating func seek(to offset: UInt64) -> Bool
}

extension ByteSource {
    /// Passes over `count` bytes, or to the end; in pieces where the input cannot seek.
    mutating func skip(_ count: UInt64) throws(WAVError) {
        let (target, overflow) = offset.addingReportingOverflow(count)
        if !overflow, seek(to: target) { return }
        var left = count
        while left > 0 {
            let bytes = try read(upTo: Int(min(left, 65_536)))
            if bytes.isEmpty { return }
            left -= UInt64(bytes.count)
        }
    }
}

/// Bytes in memory.
struct MemorySource: ByteSource {
    let name: String
    let bytes: [UInt8]
    var position = 0
    var offset: UInt64 { UInt64(position) }

    mutating func read(upTo count: Int) -> [UInt8] {
        let end = position + min(count, bytes.count - position)
        defer { position = end }
        return Array(bytes[position..<end])
    }

    mutating func seek(to offset: UInt64) -> Bool {
        position = Int(min(offset, UInt64(bytes.count)))
        return true
    }
}

/// A file, or a pipe such as standard input.
struct HandleSource: ByteSource {
    let name: String
    let handle: FileHandle
    private(set) var offset: UInt64 = 0
    /// Where the handle stood at first; `nil` for a pipe.
    private let start: UInt64?

    init(_ handle: FileHandle, name: String) {
        self.name = name
        self.handle = handle
        start = try? handle.offset()
    }

    mutating func read(upTo count: Int) throws(WAVError) -> [UInt8] {
        do {
            let bytes = [UInt8](try handle.read(upToCount: count) ?? Data())
            offset += UInt64(bytes.count)
            return bytes
        } catch {
            throw .unreadable(file: name)
        }
    }

    mutating func seek(to offset: UInt64) -> Bool {
        // Beyond what a file system can address, seeking would fail anyway.
        guard let start, offset < 1 << 62 else { return false }
        do { try handle.seek(toOffset: start + offset) } catch { return false }
        self.offset = offset
        return true
    }
}
