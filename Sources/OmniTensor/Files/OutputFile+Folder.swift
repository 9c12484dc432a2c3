internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

extension OutputFile {
    /// Makes a folder for outputs, and those above it that are missing. One that is there already is no error.
    ///
    /// The system looks the path up as it is: `missing/../new` is an error, and makes nothing.
    ///
    /// - Throws: ``OutputFileError`` with the operation ``OutputFileError/Operation/createFolder``.
    public static func makeFolder(_ path: String) throws(OutputFileError) {
        do {
            try makeFolder(path, depth: 0)
        } catch {
            throw OutputFileError(path: path, operation: .createFolder, code: error.code)
        }
    }

    private static func makeFolder(_ path: String, depth: Int) throws(SystemFailure) {
        guard unsafe mkdir(path, 0o777) != 0 else { return }
        let failure = SystemFailure()
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(ENOTDIR) }
            return
        }
        var trimmed = Substring(path)
        while trimmed.utf8.count > 1, trimmed.utf8.last == UInt8(ascii: "/") { trimmed = trimmed.dropLast() }
        let (folder, name) = (OutputTarget.folder(of: String(trimmed)), OutputTarget.name(of: String(trimmed)))
        // What `..` leaves must be there: making it would invent a folder that the path does not end in.
        guard failure.code == ENOENT, depth < 256, !name.isEmpty, name != "..", folder != "." else { throw failure }
        try makeFolder(folder, depth: depth + 1)
        guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw SystemFailure() }
    }
}
