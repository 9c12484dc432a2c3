internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Memory for packed weights, in large pages where the system has them: a decoding step reads every weight once, and
/// with small pages it would spend a sixth of its time on looking up where they lie.
///
/// Matrices are laid one after another into blocks. A block is given back when the last of its matrices is gone.
final class WeightArena: Sendable {
    /// A piece of a block: keeps the block alive.
    @safe
    struct Allocation {
        let base: UnsafeMutableRawPointer
        let block: WeightBlock
    }

    private struct State {
        var block: WeightBlock?
        var usedByteCount = 0
    }
    private let state = Mutex(State())

    /// Blocks of this size unless a matrix is larger. What is never written takes no memory.
    private static var blockByteCount: Int { 64 << 20 }

    /// Zeros that start where a cache line starts.
    func allocate(byteCount: Int) throws(ComputeEngineError) -> Allocation {
        let rounded = (byteCount + 63) & ~63
        // A mutex cannot hand a typed error through, so the result carries it.
        let result: Result<Allocation, ComputeEngineError> = state.withLock { state in
            if let block = state.block, state.usedByteCount + rounded <= block.byteCount {
                defer { state.usedByteCount += rounded }
                return .success(unsafe Allocation(base: block.base + state.usedByteCount, block: block))
            }
            guard let block = WeightBlock(byteCount: max(rounded, Self.blockByteCount)) else {
                return .failure(.outOfMemory(byteCount: byteCount))
            }
            (state.block, state.usedByteCount) = (block, rounded)
            return .success(unsafe Allocation(base: block.base, block: block))
        }
        return try result.get()
    }
}

/// A mapped run of memory.
///
/// `@unchecked Sendable` is sound because the arena hands out each byte once, and what is packed there is never written
/// again.
@safe
final class WeightBlock: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int

    private static var pageByteCount: Int { 2 << 20 }

    init?(byteCount: Int) {
        let page = Self.pageByteCount
        self.byteCount = (byteCount + page - 1) / page * page
        // One page more, so that the block can start where a large page starts.
        mappedByteCount = self.byteCount + page
        let mapping = unsafe mmap(nil, mappedByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else { return nil }
        unsafe self.mapping = mapping
        unsafe base = mapping.alignedUp(toMultipleOf: page)
        #if os(Linux)
            // A wish: without it everything works, slower.
            _ = unsafe madvise(base, self.byteCount, MADV_HUGEPAGE)
        #endif
    }

    deinit { unsafe munmap(mapping, mappedByteCount) }
}
