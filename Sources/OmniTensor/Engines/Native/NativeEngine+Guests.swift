internal import COmniKernels

extension NativeEngine {
    /// With at least two threads there is.
    public var hasRoomBeside: Bool { threadCount > 1 }

    /// Runs `body` in the place of one of the engine's threads; in turn with the other callers when all places are
    /// taken.
    public func beside(_ body: () -> Void) {
        guard let handle = unsafe pool.handle, unsafe omni_pool_join(handle) else { return body() }
        defer { unsafe omni_pool_leave(handle) }
        body()
    }
}
