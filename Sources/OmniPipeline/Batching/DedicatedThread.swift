internal import COmniSystem
internal import Foundation

/// A thread of its own for work that blocks or computes, so that neither occupies the threads that all tasks share.
///
/// The system may refuse a thread, where a container or a user has as many as are allowed. Foundation's `Thread` does
/// not say so: its work would never begin.
public enum DedicatedThread {
    /// Runs `body` on a new thread, which ends with it.
    ///
    /// - Parameters:
    ///   - name: what debuggers show; the first 15 bytes.
    ///   - body: the work.
    /// - Throws: ``DedicatedThreadError``; then `body` is not run.
    public static func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(DedicatedThreadError) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        // As much stack as a main thread has; the default of other threads differs between platforms.
        let error = unsafe omni_thread_start(name, 8 << 20, { unsafe Work.run($0) }, work.toOpaque())
        guard error == 0 else {
            unsafe work.release()
            throw DedicatedThreadError(code: error)
        }
    }

    /// How many threads this process could start at once now, at most `limit` and at most 256.
    public static func room(upTo limit: Int) -> Int { omni_thread_room(max(limit, 0)) }

    private final class Work: Sendable {
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        /// Takes over the reference that ``DedicatedThread/start(name:_:)`` made.
        static func run(_ context: UnsafeMutableRawPointer?) {
            guard let context = unsafe context else { return }
            unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        }
    }
}

/// The system starts no thread.
public struct DedicatedThreadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system's error number, as in `errno`.
    public let code: Int32

    /// Takes the system's error number.
    public init(code: Int32) { self.code = code }

    public var description: String {
        "the system starts no thread (\(unsafe String(cString: strerror(code)))): "
            + "the limit of threads of this user or container is reached"
    }
}
