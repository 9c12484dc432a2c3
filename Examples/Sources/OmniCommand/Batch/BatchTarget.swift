import CommandSupport
import Foundation
import OmniTensor

/// Where a batch's answers are to go, and what is there already. Looks and reads; changes nothing.
///
/// Standard output, also as `/dev/stdout` and by links to it, is written where it stands: what a shell's `>>` appends
/// to is neither looked at nor changed.
struct BatchTarget {
    /// What becomes of answers that are there.
    enum Policy {
        /// There must be none.
        case new
        /// They stay, and errors are tried again; a last line without its end, which a killed process left, goes.
        case resume
        /// They go, when the first new one is there.
        case overwrite
    }

    let path: String
    let policy: Policy
    /// The descriptor of this process that the output is; `nil` for a path to be opened.
    let descriptor: Int32?
    /// The questions that an earlier run has answered.
    let finishedIDs: Set<String>
    /// The questions that an earlier run could not answer, and its last error for each.
    let earlierErrors: [String: String]
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
        descriptor = path == "-" ? STDOUT_FILENO : OutputFile.descriptor(namedBy: path)
        try OutputFile.require(path, isNot: questions, called: "the file of questions")
        if descriptor != nil, policy == .resume { throw OutputError(path: path, reason: "--resume needs a file") }
        let there = descriptor == nil ? try Self.contents(path, reading: policy == .resume) : nil
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
        (finishedIDs, earlierErrors) = try Self.results(bytes.prefix(keptByteCount), path)
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

    /// A question may have several lines: errors, and after them an answer.
    private static func results(
        _ lines: Data, _ path: String
    ) throws(InputError) -> (finishedIDs: Set<String>, earlierErrors: [String: String]) {
        var (finishedIDs, errors): (Set<String>, [String: String]) = ([], [:])
        for line in TextLines.split(lines) where !TextLines.isBlank(line) {
            if TextLines.isLost(line) {
                Console.note("\(path): a line of NULs is passed over; its question is answered again")
                continue
            }
            guard let result = try? JSONDecoder().decode(BatchResult.self, from: line), result.isComplete else {
                throw InputError(
                    code: .malformed, path: path, reason: "a line is no result of a batch; nothing was changed")
            }
            if let error = result.error { errors[result.id] = error } else { finishedIDs.insert(result.id) }
        }
        return (finishedIDs, errors.filter { !finishedIDs.contains($0.key) })
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
            let file = try Descriptor.open(path)
            var bytes = Data()
            while case let piece = try Descriptor.readAvailable(file, upTo: 1 << 20, path: path), !piece.isEmpty {
                bytes.append(contentsOf: piece)
            }
            return (bytes.count, bytes)
        } catch {
            throw OutputError(path: path, reason: "what is there cannot be read (\(error)), and nothing was changed")
        }
    }
}
