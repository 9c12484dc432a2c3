import Foundation
import OmniPipeline
import Synchronization

/// Threads that a command needs beside its engine's: tasks wait for one for ever where the system starts none, so that
/// it is better to know beforehand.
public enum ThreadRoom {
    private static let spare = Mutex<Int?>(nil)

    /// One for each core for tasks, and those of a conversation: signals, input, listening, the session, its audio.
    public static var neededCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 64) + 6 }

    /// The most threads that an engine may have, its caller's among them; `nil` before ``require(_:)`` has looked.
    static var engineThreadLimit: Int? { spare.withLock { $0 } }

    /// Makes sure that there are enough threads, and leaves the rest to the engine.
    ///
    /// - Throws: ``ThreadRoomError``.
    static func require(_ count: Int) throws(ThreadRoomError) {
        let found = DedicatedThread.room(upTo: count + ProcessInfo.processInfo.activeProcessorCount)
        guard found >= count else { throw ThreadRoomError(neededCount: count, foundCount: found) }
        spare.withLock { $0 = 1 + found - count }
    }
}

/// Files that a command has open at once beside the three of every program: its model's, its input, what tasks wait
/// with.
enum DescriptorRoom {
    private static let neededCount = 10

    /// - Throws: ``DescriptorRoomError``. Below that number the runtime traps where it has no error to give.
    static func require() throws(DescriptorRoomError) {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        while descriptors.count < neededCount {
            let descriptor = unsafe open("/", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw DescriptorRoomError(foundCount: descriptors.count) }
            descriptors.append(descriptor)
        }
    }
}

/// The system opens too few files.
struct DescriptorRoomError: Error, CustomStringConvertible {
    let foundCount: Int

    var description: String {
        "the system opens \(foundCount) files more, which are too few: raise the limit of open files (ulimit -n)"
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
