internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What the cache asks of the file system.
enum FileSystem {
    // MARK: Looking

    /// The size of a regular file, links followed; `nil` when there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Whether there is anything of this name, a link to nowhere as well.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted; none when there is no folder.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The paths of everything below a folder that is not a folder itself.
    static func filesBelow(_ folder: String, depth: Int = 16) -> [String] {
        names(in: folder).flatMap { name -> [String] in
            let path = folder + "/" + name
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { return [] }
            guard status.st_mode & S_IFMT == S_IFDIR else { return [name] }
            return depth > 0 ? filesBelow(path, depth: depth - 1).map { name + "/" + $0 } : []
        }
    }

    /// Where a symbolic link points; `nil` for other things.
    static func target(of link: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: link)
    }

    /// A small file as text; `nil` when it is missing, larger, or not UTF-8.
    static func text(at path: String, largest: Int) -> String? {
        bytes(at: path, largest: largest).flatMap { String(data: $0, encoding: .utf8) }
    }

    /// A small file; `nil` when it is missing or larger.
    static func bytes(at path: String, largest: Int) -> Data? {
        guard let size = size(of: path), size <= largest, let file = FileHandle(forReadingAtPath: path) else {
            return nil
        }
        return try? file.read(upToCount: largest)
    }

    /// Bytes that this process may still write below a folder.
    static func availableByteCount(_ folder: String) -> Int? {
        var statistics = statvfs()
        guard unsafe statvfs(folder, &statistics) == 0 else { return nil }
        let (count, overflow) = Int(clamping: statistics.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: statistics.f_frsize))
        return overflow ? .max : count
    }

    // MARK: Changing

    /// Makes a folder and those above it that are not there.
    static func makeFolder(_ path: String) throws(HubError) {
        let parent = folder(of: path)
        if !parent.isEmpty, !isFolder(parent) { try makeFolder(parent) }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unusable(path: path, reason: reason(of: error, "the folder cannot be made"))
        }
    }

    /// Writes a small file under another name first, so that no reader sees a part of it.
    static func write(_ text: String, to path: String) throws(HubError) {
        try makeFolder(folder(of: path))
        let temporary = path + "." + uniqueSuffix() + ".tmp"
        do {
            try Data(text.utf8).write(to: URL(filePath: temporary))
        } catch {
            remove(temporary)
            throw .unusable(path: path, reason: reason(of: error, "the file cannot be written"))
        }
        try rename(temporary, to: path)
    }

    /// Makes a symbolic link, in place of what has the name.
    static func link(_ path: String, to target: String) throws(HubError) {
        try makeFolder(folder(of: path))
        if self.target(of: path) == target { return }
        let temporary = folder(of: path) + "/." + uniqueSuffix() + ".tmp"
        guard unsafe symlink(target, temporary) == 0 else { throw failure(path, "the link cannot be made") }
        try rename(temporary, to: path)
    }

    /// Gives a file its name, in place of what has it.
    static func rename(_ path: String, to newPath: String, keepingFailed: Bool = false) throws(HubError) {
        guard unsafe Foundation.rename(path, newPath) == 0 else {
            let error = failure(newPath, "the file cannot get its name")
            if !keepingFailed { remove(path) }
            throw error
        }
    }

    /// Removes a file or link; one that is not there is no failure.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Removes a folder with what is in it; links are removed, not followed.
    static func removeTree(_ path: String) throws(HubError) {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            // Another process may have been faster.
            guard exists(path) else { return }
            throw .unusable(path: path, reason: reason(of: error, "it cannot be removed"))
        }
    }

    /// What stands before the last `/`, a combining mark behind it or not.
    static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(decoding: path.utf8[..<$0], as: UTF8.self) } ?? "."
    }

    /// The error of the system call that just failed.
    static func failure(_ path: String, _ what: String) -> HubError {
        .unusable(path: path, reason: "\(what): \(unsafe String(cString: strerror(errno)))")
    }

    private static func reason(of error: any Error, _ what: String) -> String {
        // On Linux the value is no NSError, but can be made one.
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        guard let code = cause.map({ $0 as NSError }), code.domain == NSPOSIXErrorDomain else { return what }
        return "\(what): \(unsafe String(cString: strerror(Int32(clamping: code.code))))"
    }

    private static func uniqueSuffix() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}
