import CommandSupport
import Foundation

/// Where a batch's answers are to go, and what is there already. Looks and reads; changes nothing.
struct BatchTarget {
    /// What becomes of answers that are there.
    enum Policy {
        /// There must be none.
        case new
        /// They stay; a last line without its end, which a killed process left, goes.
        case resume
        /// They go, when the first new one is about to come.
        case overwrite
    }

    let path: String
    let policy: Policy
    /// What was written by an earlier run and stays.
    let finishedIDs: Set<String>
    /// Bytes of a file that stay.
    let keptByteCount: Int
    /// Bytes that a file has now.
    let byteCount: Int

    /// - Parameter path: a file, or `-` for standard output.
    /// - Throws: ``OutputError``, ``InputError``.
    init(_ path: String, _ policy: Policy) throws {
        self.path = path
        self.policy = policy
        let there = path == "-" ? nil : try Self.contents(path, reading: policy == .resume)
        byteCount = there?.byteCount ?? 0
        if policy == .new, byteCount > 0 {
            throw OutputError(path: path, reason: "it has answers: --resume keeps them, --overwrite replaces them")
        }
        let whole = there?.bytes.map { bytes in
            bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? Data()
        }
        keptByteCount = whole?.count ?? 0
        finishedIDs = try Self.identifiers(whole ?? Data(), path)
    }

    private static func identifiers(_ lines: Data, _ path: String) throws(InputError) -> Set<String> {
        var identifiers: Set<String> = []
        for line in TextLines.split(lines) where !TextLines.isBlank(line) {
            if TextLines.isLost(line) {
                Console.note("\(path): a line of NULs is passed over; its question is answered again")
                continue
            }
            do { identifiers.insert(try JSONDecoder().decode(BatchResult.self, from: line).id) } catch {
                throw InputError(
                    code: .malformed, path: path, reason: "a line is no result of a batch; nothing was changed")
            }
        }
        return identifiers
    }

    /// What a regular file has; `nil` where there is none and for a device or a pipe. Only "no such file" means that
    /// there is none: what cannot be examined or read may hold answers.
    private static func contents(_ path: String, reading: Bool) throws(OutputError) -> (byteCount: Int, bytes: Data?)? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw OutputError(path: path, code: errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw OutputError(path: path, code: EISDIR)
        default:
            if reading { throw OutputError(path: path, reason: "--resume needs a file") }
            return nil
        }
        guard reading else { return (Int(status.st_size), nil) }
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            return (bytes.count, bytes)
        } catch {
            throw OutputError(path: path, reason: "what is there cannot be read, and nothing was changed")
        }
    }
}

extension OutputError {
    /// - Parameter code: the system's error number.
    init(path: String, code: Int32) {
        self.init(path: path, reason: unsafe String(cString: strerror(code)))
    }
}
