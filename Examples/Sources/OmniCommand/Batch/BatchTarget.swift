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
        /// They go, when the first new one is there.
        case overwrite
    }

    let path: String
    let policy: Policy
    /// What was written by an earlier run and stays.
    let finishedIDs: Set<String>
    /// Bytes of a file that stay.
    let keptByteCount: Int
    /// Whether the last line that stays lacks its end.
    let lacksLineEnd: Bool
    /// Bytes that a file has now.
    let byteCount: Int

    /// - Parameters:
    ///   - path: a file, or `-` for standard output.
    ///   - policy: what becomes of answers that are there.
    ///   - questions: the input, which the output must not be; `-` for standard input.
    /// - Throws: ``OutputError``, ``InputError``.
    init(_ path: String, _ policy: Policy, questions: String) throws {
        self.path = path
        self.policy = policy
        if path != "-", let output = Self.identity(path), output == Self.identity(questions) {
            throw OutputError(path: path, reason: "it is the file of questions; nothing was changed")
        }
        let there = path == "-" ? nil : try Self.contents(path, reading: policy == .resume)
        byteCount = there?.byteCount ?? 0
        if policy == .new, byteCount > 0 {
            throw OutputError(path: path, reason: "it has answers: --resume keeps them, --overwrite replaces them")
        }
        let bytes = there?.bytes ?? Data()
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let rest = Data(bytes[end...])
        lacksLineEnd = Self.isResult(rest)
        guard rest.isEmpty || lacksLineEnd || Self.isUnfinished(rest) else {
            throw OutputError(path: path, reason: "its last line is no result of a batch; nothing was changed")
        }
        keptByteCount = lacksLineEnd ? bytes.count : end
        finishedIDs = try Self.identifiers(bytes.prefix(keptByteCount), path)
    }

    /// A file by its device and number, whatever it is called; `nil` for what is no regular file.
    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        let isThere = unsafe path == "-" ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0
        guard isThere, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    private static func isResult(_ line: Data) -> Bool {
        (try? JSONDecoder().decode(BatchResult.self, from: line))?.isComplete ?? false
    }

    /// Whether a killed run may have left this: the beginning of a result, whose keys are sorted, or NULs.
    private static func isUnfinished(_ rest: Data) -> Bool {
        let beginnings = ["audio", "ending", "error", "id"].map { Data("{\"\($0)\":".utf8) }
        return TextLines.isLost(rest)
            || beginnings.contains { rest.starts(with: $0.prefix(rest.count)) && !isJSON(rest) }
    }

    private static func isJSON(_ bytes: Data) -> Bool { (try? JSONSerialization.jsonObject(with: bytes)) != nil }

    private static func identifiers(_ lines: Data, _ path: String) throws(InputError) -> Set<String> {
        var identifiers: Set<String> = []
        for line in TextLines.split(lines) where !TextLines.isBlank(line) {
            if TextLines.isLost(line) {
                Console.note("\(path): a line of NULs is passed over; its question is answered again")
                continue
            }
            guard let result = try? JSONDecoder().decode(BatchResult.self, from: line), result.isComplete else {
                throw InputError(
                    code: .malformed, path: path, reason: "a line is no result of a batch; nothing was changed")
            }
            identifiers.insert(result.id)
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
