internal import COmniKernels

extension NativeEngine {
    /// With at least two threads it can.
    public var canReserveThread: Bool { threadCount > 1 }

    /// Runs `body` in the place of one of the engine's threads; in turn with the other callers when all threads are
    /// reserved.
    public func withReservedThread(_ body: () -> Void) {
        guard let handle = unsafe pool.handle, unsafe omni_pool_reserve_thread(handle) else { return body() }
        defer { unsafe omni_pool_release_thread(handle) }
        body()
    }
}
