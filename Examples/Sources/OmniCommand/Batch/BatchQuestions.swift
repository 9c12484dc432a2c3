import CommandSupport
import Foundation

/// The lines of a batch's input as questions: those of this shard that no earlier run has answered.
struct BatchQuestions {
    private let path: String
    private let shard: Shard?
    private let finishedIDs: Set<String>
    private var seenIDs: Set<String> = []
    private var lineCount = 0

    init(_ path: String, shard: Shard?, finishedIDs: Set<String>) {
        self.path = path
        self.shard = shard
        self.finishedIDs = finishedIDs
    }

    /// Takes the next line.
    ///
    /// - Returns: `nil` when there is nothing to answer.
    mutating func take(_ line: Data) throws(InputError) -> BatchItem? {
        defer { lineCount += 1 }
        if TextLines.isLost(line) {
            Console.note("\(path): line \(lineCount + 1) has nothing but NULs and is passed over")
            return nil
        }
        guard shard?.contains(line: lineCount) ?? true else { return nil }
        let item: BatchItem
        do { item = try JSONDecoder().decode(BatchItem.self, from: line) } catch {
            throw InputError(
                code: .malformed, path: path,
                reason: "line \(lineCount + 1): this is no JSON object with an \"id\", a string, and a question")
        }
        guard seenIDs.insert(item.id).inserted else {
            throw InputError(
                code: .malformed, path: path, reason: "line \(lineCount + 1): the id \(item.id) comes twice")
        }
        return finishedIDs.contains(item.id) ? nil : item
    }
}
