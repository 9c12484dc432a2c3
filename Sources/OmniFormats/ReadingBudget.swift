/// What a reader may still produce from one file: memory, and steps of work.
///
/// The bytes of a file say little about what becomes of them: many tensors may share one long tuple, a template may
/// name one list of ids again and again, two bytes may be a value of forty. A reader takes from its budget before it
/// makes something, and the budget grows with the file only, so that a small file never takes much.
package struct ReadingBudget: Sendable {
    /// What has run out.
    package enum Resource: String, Sendable {
        case memory
        case work
    }

    /// A file asks for more than its budget.
    package struct Exhausted: Error {
        /// What has run out.
        package let resource: Resource
        /// How much there was: bytes, or steps.
        package let limit: Int

        /// One clear sentence.
        package var reason: String {
            switch resource {
            case .memory:
                "what the file describes takes more than the \(limit >> 20) MiB of memory that a file of its size may"
            case .work:
                "what the file describes takes more than the \(limit) steps of work that a file of its size may"
            }
        }
    }

    private let byteLimit: Int
    private let stepLimit: Int
    private var bytesLeft: Int
    private var stepsLeft: Int

    /// The budget of a file of so many bytes: 48 MiB and twice the file, 4 million steps and 32 for each byte. With the
    /// bytes themselves, and arrays that grow, the process takes at most 64 MiB and four times the file.
    ///
    /// - Parameter fileCount: files that are read together, which share what does not depend on their sizes.
    package init(fileByteCount: Int, fileCount: Int = 1) {
        let count = min(max(fileByteCount, 0), 1 << 48)
        byteLimit = (48 << 20) / fileCount + 2 * count
        stepLimit = 4_000_000 / fileCount + 32 * count
        bytesLeft = byteLimit
        stepsLeft = stepLimit
    }

    /// Takes memory.
    package mutating func take(byteCount: Int) throws(Exhausted) {
        guard byteCount <= bytesLeft else { throw Exhausted(resource: .memory, limit: byteLimit) }
        bytesLeft -= max(0, byteCount)
    }

    /// Gives memory back that was taken for something that is let go.
    package mutating func release(byteCount: Int) { bytesLeft = min(byteLimit, bytesLeft + max(0, byteCount)) }

    /// Takes steps of work.
    package mutating func take(stepCount: Int) throws(Exhausted) {
        guard stepCount <= stepsLeft else { throw Exhausted(resource: .work, limit: stepLimit) }
        stepsLeft -= max(0, stepCount)
    }
}
