import CommandSupport
import Foundation

/// The lines of a batch's output, in the order of its input; each is written at once, whole.
struct BatchOutput {
    /// What was written by an earlier run.
    private(set) var finishedIDs: Set<String> = []
    private let file: FileHandle
    private let path: String

    /// - Parameters:
    ///   - path: a file, or `-` for standard output.
    ///   - resuming: whether what is there stays. A last line without its end is what a killed process left: it goes.
    init(_ path: String, resuming: Bool) throws {
        self.path = path
        guard path != "-" else {
            file = .standardOutput
            return
        }
        var keptByteCount: UInt64 = 0
        if resuming, let there = try? Data(contentsOf: URL(filePath: path)) {
            let whole = there.lastIndex(of: UInt8(ascii: "\n")).map { there[...$0] } ?? Data()
            keptByteCount = UInt64(whole.count)
            for line in whole.split(separator: UInt8(ascii: "\n")) {
                do { finishedIDs.insert(try JSONDecoder().decode(BatchResult.self, from: line).id) } catch {
                    throw InputError(
                        code: .malformed, path: path, reason: "a line is no result of a batch; nothing was changed")
                }
            }
        } else {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw OutputError(path: path, reason: "the file cannot be made")
            }
        }
        guard let opened = FileHandle(forUpdatingAtPath: path) else {
            throw OutputError(path: path, reason: "the file cannot be opened")
        }
        try opened.truncate(atOffset: keptByteCount)
        try opened.seek(toOffset: keptByteCount)
        file = opened
    }

    func write(_ result: BatchResult) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try file.write(contentsOf: try encoder.encode(result) + Data("\n".utf8))
        } catch {
            throw OutputError(path: path, reason: error.localizedDescription)
        }
    }
}
