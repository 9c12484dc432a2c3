import Foundation

/// Bytes in memory as libsndfile reads them. Used by one call at a time, on the caller's thread.
final class MemoryInput {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The layout of `SF_VIRTUAL_IO`.
    @unsafe struct Callbacks {
        let length: @convention(c) (UnsafeMutableRawPointer?) -> Int64
        let seek: @convention(c) (Int64, Int32, UnsafeMutableRawPointer?) -> Int64
        let read: @convention(c) (UnsafeMutableRawPointer?, Int64, UnsafeMutableRawPointer?) -> Int64
        let write: @convention(c) (UnsafeRawPointer?, Int64, UnsafeMutableRawPointer?) -> Int64
        let tell: @convention(c) (UnsafeMutableRawPointer?) -> Int64
    }

    @unsafe static var callbacks: Callbacks {
        unsafe Callbacks(
            length: { unsafe MemoryInput.from($0).map { Int64($0.bytes.count) } ?? 0 },
            seek: { offset, origin, context in unsafe MemoryInput.from(context)?.seek(offset, origin) ?? -1 },
            read: { target, count, context in
                guard let target = unsafe target, let input = unsafe MemoryInput.from(context) else { return 0 }
                return unsafe input.read(into: target, count)
            },
            write: { _, _, _ in 0 },
            tell: { unsafe MemoryInput.from($0).map { Int64($0.position) } ?? 0 })
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MemoryInput? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<MemoryInput>.fromOpaque(context).takeUnretainedValue()
    }

    private func seek(_ offset: Int64, _ origin: Int32) -> Int64 {
        let base: Int64 =
            switch origin {
            case SEEK_CUR: Int64(position)
            case SEEK_END: Int64(bytes.count)
            default: 0
            }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0, target <= Int64(bytes.count) else { return -1 }
        position = Int(target)
        return target
    }

    private func read(into target: UnsafeMutableRawPointer, _ count: Int64) -> Int64 {
        let count = min(Int(clamping: max(count, 0)), bytes.count - position)
        guard count > 0 else { return 0 }
        unsafe bytes[position..<position + count].withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe target.copyMemory(from: base, byteCount: count)
        }
        position += count
        return Int64(count)
    }
}
