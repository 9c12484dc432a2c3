import CommandSupport
import Foundation

/// The lines of a batch's output, in the order of its input; each is written at once, whole.
final class BatchOutput {
    private let file: FileHandle
    private let path: String
    private let earlierErrors: [String: String]
    /// What is to be done to a file before the first line; `nil` when it is done, and for a device or a pipe.
    private var preparation: (keptByteCount: off_t, lacksLineEnd: Bool)?

    /// Opens the output. A file is locked, so that no other run writes to it. What its policy says it loses goes when
    /// the first new line is there, or when a run without any has come to its end.
    ///
    /// - Throws: ``OutputError``; the file is then as it was.
    init(_ target: BatchTarget) throws(OutputError) {
        path = target.path
        earlierErrors = target.earlierErrors
        if let own = target.descriptor {
            file = FileHandle(fileDescriptor: own, closeOnDealloc: false)
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
        preparation = (off_t(target.keptByteCount), target.lacksLineEnd)
    }

    private func prepare() throws(OutputError) {
        guard let (keptByteCount, lacksLineEnd) = preparation else { return }
        let descriptor = file.fileDescriptor
        guard ftruncate(descriptor, keptByteCount) == 0, lseek(descriptor, keptByteCount, SEEK_SET) >= 0 else {
            throw OutputError(.write, path: path, code: errno)
        }
        preparation = nil
        if lacksLineEnd { try Descriptor.write(Data("\n".utf8), to: descriptor, path: path) }
    }

    /// Writes a line. An error that the output has from an earlier run already is not written once more.
    func write(_ result: BatchResult) throws {
        if let error = result.error, earlierErrors[result.id] == error { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(result) + Data("\n".utf8)
        try prepare()
        try Descriptor.write(line, to: file.fileDescriptor, path: path)
    }

    /// Brings the lines of a file to the disk.
    func finish() throws(OutputError) {
        try prepare()
        guard path != "-", fsync(file.fileDescriptor) != 0, ![EINVAL, EROFS, ENOTSUP].contains(errno) else { return }
        throw OutputError(.write, path: path, code: errno)
    }
}
