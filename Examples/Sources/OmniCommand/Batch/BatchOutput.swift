import CommandSupport
import Foundation

/// The lines of a batch's output, in the order of its input; each is written at once, whole.
struct BatchOutput {
    private let file: FileHandle
    private let path: String

    /// Opens the output. A file is locked, so that no other run writes to it, and only then loses what its policy says.
    ///
    /// - Throws: ``OutputError``; the file is then as it was.
    init(_ target: BatchTarget) throws(OutputError) {
        path = target.path
        guard path != "-" else {
            file = .standardOutput
            return
        }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputError(path: path, code: errno) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw OutputError(path: path, reason: "another run writes to it")
        }
        guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) == target.byteCount else {
            throw OutputError(path: path, reason: "another program wrote to it meanwhile; nothing was changed")
        }
        let keptByteCount = off_t(target.keptByteCount)
        guard ftruncate(descriptor, keptByteCount) == 0, lseek(descriptor, keptByteCount, SEEK_SET) >= 0 else {
            throw OutputError(path: path, code: errno)
        }
    }

    func write(_ result: BatchResult) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try file.write(contentsOf: try encoder.encode(result) + Data("\n".utf8))
        } catch {
            throw OutputError(path: path, reason: error.localizedDescription)
        }
    }

    /// Brings the lines of a file to the disk.
    func finish() throws(OutputError) {
        guard path != "-", fsync(file.fileDescriptor) != 0, ![EINVAL, EROFS, ENOTSUP].contains(errno) else { return }
        throw OutputError(path: path, code: errno)
    }
}
