internal import COmniKernels

/// The threads of one engine: they end with it.
///
/// `@unchecked Sendable` is sound because the pool is made for callers on any thread: they take turns inside it.
@safe
final class ThreadPool: @unchecked Sendable {
    let threadCount: Int
    /// `nil` for a single thread: the caller's.
    let handle: OpaquePointer?

    /// - Parameter threadCount: counts the caller, so that one less is started.
    init(threadCount: Int) throws(ComputeEngineError) {
        precondition(threadCount > 0, "\(threadCount) threads")
        self.threadCount = threadCount
        guard threadCount > 1 else {
            unsafe handle = nil
            return
        }
        guard let handle = unsafe omni_pool_create(threadCount) else {
            throw .outOfThreads(threadCount: threadCount)
        }
        unsafe self.handle = handle
    }

    deinit {
        // No call is under way: a call holds the engine, and the engine holds this.
        if let handle = unsafe handle { unsafe omni_pool_destroy(handle) }
    }

    /// Cores that this process may run on; hyper-threads of one core count once.
    static var coreCount: Int { omni_core_count() }
}
