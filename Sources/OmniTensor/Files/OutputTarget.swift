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

    /// Opened anew by its name, a file would be written from its start, over what is there.
    private static func descriptor(_ path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            guard let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: { path.hasPrefix($0) }) else { return nil }
            return Int32(path.dropFirst(folder.count))
        }
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
