internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What stands where an output is to go.
enum OutputTarget {
    /// A regular file with its mode and owner, or none yet: written under another name in the same folder first. The
    /// path has no links left at its end.
    case file(path: String, replaced: stat?)
    /// A device, a pipe, a terminal: opened and written to.
    case stream(path: String)
    /// A descriptor that the process has, as `/dev/stdout` and `/dev/fd/3` name them: written to where it stands.
    case descriptor(Int32)
    /// A socket: connected to and written to.
    case socket(path: String)

    /// Looks, and follows links.
    ///
    /// - Throws: the system's error number.
    init(_ path: String) throws(SystemFailure) {
        var status = stat()
        if let descriptor = Self.descriptor(path) {
            self = .descriptor(descriptor)
        } else if path.utf8.last == UInt8(ascii: "/") {
            // A file cannot be meant, whether there is something of this name or not.
            throw SystemFailure(EISDIR)
        } else if unsafe stat(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                guard unsafe access(path, W_OK) == 0 else { throw SystemFailure() }
                self = .file(path: try Self.resolved(path), replaced: status)
            case S_IFDIR: throw SystemFailure(EISDIR)
            case S_IFSOCK: self = .socket(path: path)
            default: self = .stream(path: path)
            }
        } else {
            guard errno == ENOENT, !Self.name(of: path).isEmpty else { throw SystemFailure() }
            self = .file(path: try Self.withoutDanglingLinks(path), replaced: nil)
        }
    }

    /// The descriptor of this process that a path leads to, links followed: `/dev/stdout`, `/dev/fd/3`,
    /// `/proc/self/fd/1` and links to them. Opened anew by its name, a file would be written from its start, over what
    /// is there, also where the descriptor appends.
    static func descriptor(_ path: String) -> Int32? {
        var path = path
        for _ in 0..<40 {
            switch path {
            case "/dev/stdin": return STDIN_FILENO
            case "/dev/stdout": return STDOUT_FILENO
            case "/dev/stderr": return STDERR_FILENO
            default: break
            }
            let (folder, name) = (folder(of: path), name(of: path))
            if let number = Int32(name), number >= 0, listsDescriptors(folder) { return number }
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path), !target.isEmpty
            else { return nil }
            path = target.hasPrefix("/") ? target : folder + "/" + target
        }
        return nil
    }

    /// Whether a folder is the one in which the system lists this process's descriptors.
    private static func listsDescriptors(_ folder: String) -> Bool {
        if folder == "/dev/fd" || folder == "/proc/self/fd" { return true }
        guard let folder = try? resolved(folder) else { return false }
        return folder == "/dev/fd" || folder == "/proc/\(getpid())/fd"
            || (folder.hasPrefix("/proc/\(getpid())/task/") && folder.hasSuffix("/fd"))
    }

    private static func resolved(_ path: String) throws(SystemFailure) -> String {
        guard let real = unsafe realpath(path, nil) else { throw SystemFailure() }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Where a file would be made: a link may point to what there is not.
    private static func withoutDanglingLinks(_ path: String) throws(SystemFailure) -> String {
        var path = path
        for _ in 0..<40 {
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path), !target.isEmpty else {
                throw SystemFailure(EINVAL)
            }
            path = target.hasPrefix("/") ? target : folder(of: path) + "/" + target
        }
        throw SystemFailure(ELOOP)
    }

    /// The folder of a path, as the system would look it up.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }
}

/// An error number of the system.
struct SystemFailure: Error {
    let code: Int32

    init(_ code: Int32 = errno) { self.code = code }
}
