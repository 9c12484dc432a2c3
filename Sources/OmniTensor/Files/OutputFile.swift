public import Foundation
internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A file that a program writes, piece by piece, and that appears under its name when it is complete.
///
/// A regular or absent target is written under a random name in the same folder, made exclusively and following no
/// link;
/// ``finish()`` brings the bytes to the disk and renames the file, so that the target is the old file or the whole new
/// one and never something between. Links in the target's path are followed first: the link stays and the file that it
/// points to is replaced, with the mode and, where the system allows it, the owner that it had. Any other target, a
/// device, a pipe, a socket, is opened and written to.
///
/// Without ``finish()`` the temporary file goes with this object, and with a signal when
/// ``ProcessFaults/installHandlers(exitStatus:memoryStatus:)`` was called. One that a killed process left goes when the
/// same target is written the next time.
public final class OutputFile: Sendable {
    /// The target, as it was named.
    public let path: String

    private enum Sink {
        case temporary(TemporaryFile, target: String)
        case stream(descriptor: Int32)
        case closed
    }

    private struct State {
        var sink: Sink
        var position = 0
    }

    private let state: Mutex<State>

    /// Opens an output.
    ///
    /// - Throws: ``OutputFileError``.
    public init(_ path: String) throws(OutputFileError) {
        self.path = path
        do {
            state = Mutex(State(sink: try Self.open(path)))
        } catch {
            throw OutputFileError(path: path, operation: .create, code: error.code)
        }
    }

    deinit { discard() }

    /// The descriptor of this process that a path leads to, as `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/1` and links
    /// to them do; `nil` for any other path. What it leads to is written where the descriptor stands, and never
    /// replaced.
    public static func descriptor(namedBy path: String) -> Int32? { OutputTarget.descriptor(path) }

    /// Writes a whole output.
    ///
    /// - Throws: ``OutputFileError``. A file that was there before is then as it was.
    public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(OutputFileError) {
        let file = try OutputFile(path)
        try file.append(Array(bytes))
        try file.finish()
    }

    /// Writes all bytes where a descriptor stands. Foundation's errors do not tell the system's reason.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - descriptor: what to write to; a pipe that another program made non-blocking is waited for.
    ///   - path: what it leads to, for messages.
    /// - Throws: ``OutputFileError``.
    public static func write(
        _ bytes: some ContiguousBytes, to descriptor: Int32, path: String
    ) throws(OutputFileError) {
        do throws(SystemFailure) {
            try write(bytes, to: descriptor, at: nil)
        } catch {
            throw OutputFileError(path: path, operation: .write, code: error.code)
        }
    }

    /// Bytes appended so far.
    public var position: Int { state.withLock { $0.position } }

    /// Whether ``replace(_:at:)`` works: not in a pipe.
    package var canReplace: Bool {
        state.withLock { state in
            switch state.sink {
            case .temporary: true
            case .stream, .closed: false
            }
        }
    }

    /// Appends bytes.
    ///
    /// - Throws: ``OutputFileError``.
    public func append(_ bytes: [UInt8]) throws(OutputFileError) {
        try perform(.write) { state throws(SystemFailure) in
            switch state.sink {
            case .temporary(let file, _): try Self.write(bytes, to: file.descriptor, at: state.position)
            case .stream(let descriptor): try Self.write(bytes, to: descriptor, at: nil)
            case .closed: throw SystemFailure(EBADF)
            }
            state.position += bytes.count
        }
    }

    /// Replaces bytes that were appended before.
    ///
    /// - Throws: ``OutputFileError``.
    /// - Precondition: they were, and ``canReplace``.
    package func replace(_ bytes: [UInt8], at offset: Int) throws(OutputFileError) {
        try perform(.write) { state throws(SystemFailure) in
            precondition(offset >= 0 && offset + bytes.count <= state.position, "bytes past the end")
            switch state.sink {
            case .temporary(let file, _): try Self.write(bytes, to: file.descriptor, at: offset)
            case .stream: throw SystemFailure(ESPIPE)
            case .closed: throw SystemFailure(EBADF)
            }
        }
    }

    /// Brings everything to the disk and gives the file its name. Nothing can be written afterwards.
    ///
    /// - Throws: ``OutputFileError``. A file that was there before is then as it was.
    public func finish() throws(OutputFileError) {
        try perform(.complete) { state throws(SystemFailure) in
            let sink = state.sink
            state.sink = .closed
            switch sink {
            case .temporary(let file, let target):
                guard fsync(file.descriptor) == 0 else { throw SystemFailure() }
                #if os(Linux)
                    // What was written in pieces lies in small pages; a reader that maps the file wants large ones.
                    _ = posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_DONTNEED)
                #endif
                try file.rename(to: target)
                Self.synchronizeFolder(of: target)
            case .stream(let descriptor):
                guard close(descriptor) == 0 || errno == EINTR else { throw SystemFailure() }
            case .closed: throw SystemFailure(EBADF)
            }
        }
    }

    /// Takes an unfinished file away. Does nothing after ``finish()``.
    public func discard() {
        state.withLock { state in
            if case .stream(let descriptor) = state.sink { close(descriptor) }
            state.sink = .closed
        }
    }

    private func perform(
        _ operation: OutputFileError.Operation, _ body: (inout State) throws(SystemFailure) -> Void
    ) throws(OutputFileError) {
        let failure = state.withLock { state -> SystemFailure? in
            do throws(SystemFailure) { try body(&state) } catch { return error }
            return nil
        }
        if let failure { throw OutputFileError(path: path, operation: operation, code: failure.code) }
    }
}

extension OutputFile {
    private static func open(_ path: String) throws(SystemFailure) -> Sink {
        switch try OutputTarget(path) {
        case .stream(let path):
            let descriptor = unsafe Foundation.open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemFailure() }
            return .stream(descriptor: descriptor)
        case .descriptor(let own):
            let descriptor = fcntl(own, F_DUPFD_CLOEXEC, 0)
            guard descriptor >= 0 else { throw SystemFailure() }
            return .stream(descriptor: descriptor)
        case .socket(let path): return .stream(descriptor: try connect(path))
        case .file(let path, let replaced):
            let file = try TemporaryFile(beside: path)
            if let replaced {
                // First the owner: a change of owner takes privileges away from the mode.
                _ = fchown(file.descriptor, replaced.st_uid, replaced.st_gid)
                _ = fchmod(file.descriptor, replaced.st_mode & 0o777)
            }
            return .temporary(file, target: path)
        }
    }

    private static func connect(_ path: String) throws(SystemFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = numericCast(AF_UNIX)
        let name = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < capacity else { throw SystemFailure(ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw SystemFailure() }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let failure = SystemFailure()
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Writes all bytes, at an offset or where the descriptor stands.
    private static func write(
        _ bytes: some ContiguousBytes, to descriptor: Int32, at offset: Int?
    ) throws(SystemFailure) {
        let failure = unsafe bytes.withUnsafeBytes { buffer -> SystemFailure? in
            var written = 0
            while written < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count =
                    if let offset {
                        unsafe pwrite(descriptor, rest.baseAddress, rest.count, numericCast(offset + written))
                    } else {
                        unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
                    }
                if count > 0 {
                    written += count
                } else if count < 0, errno == EAGAIN {
                    // Another program made the pipe non-blocking.
                    var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&state, 1, -1)
                } else if count == 0 || errno != EINTR {
                    return SystemFailure(count == 0 ? EIO : errno)
                }
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// A name is on the disk when its folder is.
    private static func synchronizeFolder(of path: String) {
        let descriptor = unsafe Foundation.open(OutputTarget.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
