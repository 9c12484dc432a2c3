import CommandSupport
import Foundation

/// Reads questions and writes answers, several at once. The program that writes the questions may want an answer before
/// the next one: reading waits beside the answers, not before them.
struct BatchLoop {
    let feed: LineFeed
    /// Questions at once.
    let jobs: Int
    var questions: BatchQuestions
    var order: BatchOrder

    private enum Happening: Sendable {
        case read(Data)
        case end
        case unreadable(any Error)
        case answered(Int, BatchResult)
    }

    /// Goes on to the end of the questions, and answers all that came.
    ///
    /// - Throws: what the questions cannot be read any further for, once those before are answered; at once an
    ///   ``OutputError``.
    mutating func run(_ answer: @escaping @Sendable (BatchItem) async -> BatchResult) async throws {
        let failure = try await withThrowingTaskGroup(of: Happening.self) { [feed] group in
            var failure: (any Error)?
            var (isReading, isAtEnd, openCount) = (false, false, 0)
            while true {
                // Neither more at once than asked for, nor far ahead of the slowest.
                if !isReading, !isAtEnd, openCount < jobs, order.waitingCount < 4 * jobs {
                    isReading = true
                    group.addTask {
                        do { return try await feed.next().map { .read($0) } ?? .end } catch {
                            return .unreadable(error)
                        }
                    }
                }
                guard let happening = try await group.next() else { return failure }
                switch happening {
                case .read(let line):
                    isReading = false
                    do {
                        guard let item = try questions.take(line) else { continue }
                        let index = order.begin()
                        openCount += 1
                        group.addTask { .answered(index, await answer(item)) }
                    } catch {
                        (failure, isAtEnd) = (error, true)
                    }
                case .end: (isReading, isAtEnd) = (false, true)
                case .unreadable(let error): (failure, isReading, isAtEnd) = (error, false, true)
                case .answered(let index, let result):
                    openCount -= 1
                    try order.finish(index, result)
                }
            }
        }
        if let failure { throw failure }
    }
}
