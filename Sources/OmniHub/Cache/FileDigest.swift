internal import Foundation

/// Digests of files on disk.
enum FileDigest {
    private static let pieceByteCount = 1 << 20

    /// The digest of the first `size` bytes of a file, of the kind of `expected`.
    static func of(
        _ path: String, size: Int, like expected: HubDigest, _ meter: ProgressMeter?, _ flag: CancellationFlag
    ) throws -> HubDigest {
        var digest = ContentDigest(like: expected, size: size)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystem.failure(path, "the file cannot be opened") }
        defer { close(descriptor) }
        try add(size, of: descriptor, path: path, to: &digest, meter, flag)
        return digest.finish()
    }

    /// Adds the first `size` bytes of an open file to a digest.
    static func add(
        _ size: Int, of descriptor: Int32, path: String, to digest: inout ContentDigest, _ meter: ProgressMeter?,
        _ flag: CancellationFlag
    ) throws {
        var piece = [UInt8](repeating: 0, count: min(pieceByteCount, max(1, size)))
        var offset = 0
        while offset < size {
            if flag.isCancelled { throw CancellationError() }
            let wanted = min(piece.count, size - offset)
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, wanted, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw count < 0
                    ? FileSystem.failure(path, "the file cannot be read")
                    : HubError.unusable(path: path, reason: "the file became shorter while it was read")
            }
            unsafe digest.add(piece.span.extracting(0..<count).bytes)
            offset += count
            meter?.receive(count)
        }
    }
}
