internal import COmniSystem
internal import Foundation
internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A new file beside a target, under a name that no other process has: `.NAME.RANDOM.partial`. Locked as long as it is
/// open, so that another run can tell one in use from one that a killed process left, and takes the latter away.
final class TemporaryFile: Sendable {
    let path: String
    let descriptor: Int32
    /// Where signal handlers find the path.
    private let slot: Int32
    /// Whether the file has its name.
    private let isKept = Atomic(false)

    private static let ending = ".partial"

    /// - Throws: the system's error number.
    init(beside target: String) throws(SystemFailure) {
        let (folder, name) = (OutputTarget.folder(of: target), OutputTarget.name(of: target))
        let prefix = Self.prefix(of: name)
        Self.removeStale(in: folder, prefix: prefix)
        var attempt = 0
        while true {
            let random = String(UInt64.random(in: .min ... .max), radix: 36)
            let path = "\(folder == "/" ? "" : folder)/\(prefix)\(random)\(Self.ending)"
            let slot = unsafe omni_temporary_file_add(path)
            let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                _ = flock(descriptor, LOCK_EX | LOCK_NB)
                (self.path, self.descriptor, self.slot) = (path, descriptor, slot)
                return
            }
            let failure = SystemFailure()
            omni_temporary_file_remove(slot)
            attempt += 1
            guard failure.code == EEXIST, attempt < 100 else { throw failure }
        }
    }

    deinit {
        if !isKept.load(ordering: .relaxed) { unsafe unlink(path) }
        omni_temporary_file_remove(slot)
        close(descriptor)
    }

    /// Gives the file its name in one step, replacing a file that has it.
    func rename(to target: String) throws(SystemFailure) {
        guard unsafe Foundation.rename(path, target) == 0 else { throw SystemFailure() }
        isKept.store(true, ordering: .relaxed)
    }

    /// As much of the name as leaves room for the rest.
    private static func prefix(of name: String) -> String {
        var name = Substring(name)
        while name.utf8.count > 200 { name.removeLast() }
        return ".\(name)."
    }

    /// Takes away what killed runs with the same target left: files under such names that no process has locked, and
    /// that are not just being made.
    private static func removeStale(in folder: String, prefix: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names where isOurs(name, prefix) {
            let path = folder + "/" + name
            let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_uid == geteuid(), age(of: status) > 10, flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unsafe unlink(path)
        }
    }

    /// Whether a name is one that ``init(beside:)`` gives. Files of the user, and of a target with a longer name, stay.
    private static func isOurs(_ name: String, _ prefix: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(ending) else { return false }
        let random = name.utf8.dropFirst(prefix.utf8.count).dropLast(ending.utf8.count)
        let (digits, letters) = (UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"))
        return (9...13).contains(random.count)
            && random.allSatisfy { digits.contains($0) || letters.contains($0) }
    }

    /// Seconds since the file was last written.
    private static func age(of status: stat) -> Double {
        #if canImport(Darwin)
            let written = status.st_mtimespec
        #else
            let written = status.st_mtim
        #endif
        return Date().timeIntervalSince1970 - Double(written.tv_sec) - Double(written.tv_nsec) / 1e9
    }
}
