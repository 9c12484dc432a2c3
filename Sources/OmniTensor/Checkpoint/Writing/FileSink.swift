internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A file being written under a temporary name beside its final one. Only ``finish()`` gives it that name, so that a
/// failure never leaves half a file where a whole one is looked for.
struct FileSink: ~Copyable {
    /// The final path, for messages.
    let path: String
    /// Bytes written so far.
    private(set) var position = 0
    private let temporaryPath: String
    private let descriptor: Int32
    private var isFinished = false

    /// - Throws: ``CheckpointError/Code/unwritable`` when the file cannot be created.
    init(_ path: String) throws(CheckpointError) {
        self.path = path
        temporaryPath = "\(path).\(UUID().uuidString).partial"
        descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            // Nothing was created, so there is nothing for `deinit` to remove.
            isFinished = true
            throw CheckpointError(.unwritable, file: path, reason: "the file cannot be created: \(reason)")
        }
    }

    deinit {
        guard !isFinished else { return }
        close(descriptor)
        _ = unsafe unlink(temporaryPath)
    }

    /// Appends bytes.
    mutating func append(_ bytes: [UInt8]) throws(CheckpointError) {
        try write(bytes, at: position)
        position += bytes.count
    }

    /// Replaces bytes that were written before.
    func replace(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
        precondition(offset + bytes.count <= position, "bytes past the end")
        try write(bytes, at: offset)
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written,
                    numericCast(offset + written))
            }
            if count > 0 { written += count } else if errno != EINTR { throw failure("written") }
        }
    }

    /// Gives the file its name, replacing a file that has it.
    consuming func finish() throws(CheckpointError) {
        guard fsync(descriptor) == 0 else { throw failure("written") }
        #if os(Linux)
            // What was written in pieces lies in small pages; whoever maps the file reads it in large ones.
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        #endif
        guard unsafe rename(temporaryPath, path) == 0 else { throw failure("renamed") }
        close(descriptor)
        isFinished = true
    }

    private func failure(_ what: String) -> CheckpointError {
        CheckpointError(
            .unwritable, file: path, reason: "the file cannot be \(what): \(unsafe String(cString: strerror(errno)))")
    }
}
