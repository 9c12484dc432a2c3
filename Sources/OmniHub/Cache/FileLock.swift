internal import Foundation

/// Holds a lock file, as Python's `filelock` does, until the last reference is gone or the process ends, however it
/// ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock if no other process has it.
    ///
    /// - Returns: `nil` when it is held.
    /// - Throws: ``HubError/unusable(path:reason:)``.
    init?(trying path: String) throws(HubError) {
        while true {
            // Members of the group may wait for it, too.
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
            guard descriptor >= 0 else { throw FileSystem.failure(path, "the lock file cannot be opened") }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                let error = FileSystem.failure(path, "the file cannot be locked")
                close(descriptor)
                if code == EINTR { continue }
                if code == EWOULDBLOCK { return nil }
                // A file system without locks: both of two processes download then, at the same offsets the same bytes,
                // and the hash decides as always.
                guard [ENOLCK, ENOTSUP, ENOSYS].contains(code) else { throw error }
                self.descriptor = -1
                return
            }
            // Between opening and locking the holder may have removed the file: a lock on a file without a name holds
            // nothing.
            var (held, named) = (stat(), stat())
            if unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_ino == named.st_ino,
                held.st_dev == named.st_dev
            {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits for a lock.
    static func wait(for path: String) async throws -> FileLock {
        while true {
            try FileSystem.makeFolder(FileSystem.folder(of: path))
            if let lock = try FileLock(trying: path) { return lock }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
