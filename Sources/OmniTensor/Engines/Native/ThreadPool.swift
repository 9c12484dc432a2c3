internal import COmniKernels

/// The threads of one engine: they end with it.
///
/// `@unchecked Sendable` is sound because the pool is made for callers on any thread: they take turns inside it.
@safe
final class ThreadPool: @unchecked Sendable {
    let threadCount: Int
    /// `nil` for a single thread: the caller's.
    let handle: OpaquePointer?

    /// - Parameter threadCount: counts the caller, so that one less is started; as many of them as the system allows.
    /// - Throws: ``ComputeEngineError/unusableThreadCount(_:possible:)``.
    init(threadCount: Int) throws(ComputeEngineError) {
        guard Self.possibleCounts.contains(threadCount) else {
            throw .unusableThreadCount(threadCount, possible: Self.possibleCounts)
        }
        guard threadCount > 1 else {
            self.threadCount = 1
            unsafe handle = nil
            return
        }
        guard let handle = unsafe omni_pool_create(threadCount) else {
            throw .outOfMemory(byteCount: threadCount * 64)
        }
        self.threadCount = unsafe omni_pool_thread_count(handle)
        unsafe self.handle = handle
    }

    deinit {
        // No call is under way: a call holds the engine, and the engine holds this.
        if let handle = unsafe handle { unsafe omni_pool_destroy(handle) }
    }

    /// Numbers of threads that an engine may be asked for.
    static var possibleCounts: ClosedRange<Int> { 1...Int(OMNI_THREAD_LIMIT) }

    /// Cores that this process may run on; hyper-threads of one core count once.
    static var coreCount: Int { omni_core_count() }
}
