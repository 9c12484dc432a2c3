import Foundation
import OmniPipeline

/// Threads that a command needs beside its engine's: tasks wait for one for ever where the system starts none, so that it
/// is better to know beforehand.
enum ThreadRoom {
    /// One for each core for tasks, and a few for signals, input and computing.
    static var neededCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 32) + 3 }

    /// - Throws: ``ThreadRoomError``.
    static func require(_ count: Int = neededCount) throws(ThreadRoomError) {
        let found = DedicatedThread.room(upTo: count)
        guard found >= count else { throw ThreadRoomError(neededCount: count, foundCount: found) }
    }
}

/// The system starts too few threads.
struct ThreadRoomError: Error, CustomStringConvertible {
    let neededCount: Int
    let foundCount: Int

    var description: String {
        "the system starts \(foundCount) of the \(neededCount) threads that are needed: raise the limit of processes "
            + "(ulimit -u) or of the container (pids)"
    }
}
