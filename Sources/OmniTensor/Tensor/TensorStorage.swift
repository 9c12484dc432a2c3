internal import COmniSystem

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A run of elements that tensors share: allocated here, or borrowed from something that keeps it alive.
///
/// `@unchecked Sendable` is sound because the elements are written only through ``Tensor/mutableSpan``, which first
/// makes sure that exactly one tensor refers to this storage; a shared storage is never written.
@safe
final class TensorStorage<Scalar: TensorScalar>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Scalar>
    let count: Int
    /// What owns the memory when it is not this object; such memory is read-only.
    private let owner: (any AnyObject & Sendable)?

    var isWritable: Bool { owner == nil }

    /// Cache-line alignment: vector loads never split a line, and a packed row starts where a line starts.
    static var alignment: Int { 64 }

    /// Memory of at least this size comes from the system and goes back there at once: allocators keep what is given
    /// back, and an encoder's activations are of no use to anything else.
    static var largeByteCount: Int { 1 << 20 }

    /// What the system calls a large page on most machines.
    private static var hugePageByteCount: Int { 2 << 20 }

    /// Bytes that the system mapped; 0 for memory of the allocator.
    private let mappedByteCount: Int

    /// Uninitialised memory. Where the system gives none, the process ends with a line that says so, see
    /// ``ProcessFaults``.
    init(count: Int) {
        let (byteCount, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
        guard !overflow else { omni_out_of_memory(Int.max) }
        let mapping =
            byteCount < Self.largeByteCount
            ? nil : unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        let bytes: UnsafeMutableRawPointer
        if let mapping = unsafe mapping, unsafe mapping != MAP_FAILED {
            unsafe bytes = mapping
            mappedByteCount = byteCount
            #if os(Linux)
                // A wish: a tensor is written as a whole, which takes a fault for each page.
                if byteCount >= Self.hugePageByteCount { _ = unsafe madvise(bytes, byteCount, Int32(MADV_HUGEPAGE)) }
            #endif
        } else if byteCount >= Self.largeByteCount {
            // The allocator would ask the system for the same.
            omni_out_of_memory(byteCount)
        } else {
            unsafe bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: Self.alignment)
            mappedByteCount = 0
        }
        unsafe base = bytes.bindMemory(to: Scalar.self, capacity: max(count, 1))
        self.count = count
        owner = nil
    }

    /// Elements that are all `value`.
    ///
    /// Other modules call this for a type that only its metadata describes: bytes are copied, a block at a time,
    /// instead of elements.
    convenience init(repeating value: Scalar, count: Int) {
        self.init(count: count)
        let isZero = unsafe withUnsafeBytes(of: value) { unsafe $0.allSatisfy { $0 == 0 } }
        // The system maps pages of zeros.
        guard count > 0, !isZero || mappedByteCount == 0 else { return }
        unsafe base.initialize(to: value)
        let bytes = unsafe UnsafeMutableRawPointer(base)
        let byteCount = count * MemoryLayout<Scalar>.stride
        var filledByteCount = MemoryLayout<Scalar>.stride
        while filledByteCount < byteCount {
            let blockByteCount = min(filledByteCount, Self.blockByteCount, byteCount - filledByteCount)
            unsafe (bytes + filledByteCount).copyMemory(from: bytes, byteCount: blockByteCount)
            filledByteCount += blockByteCount
        }
    }

    /// What is copied at a time while elements are filled: it stays in the nearest cache.
    private static var blockByteCount: Int { 16 << 10 }

    /// Read-only memory that `owner` keeps alive and unchanged.
    init(borrowing elements: UnsafeBufferPointer<Scalar>, owner: any AnyObject & Sendable) {
        // Never written: `isWritable` is false, and an empty buffer is never dereferenced.
        unsafe base = UnsafeMutablePointer(mutating: elements.baseAddress ?? Self.nowhere)
        count = elements.count
        self.owner = owner
        mappedByteCount = 0
    }

    /// Tells the system that some elements of a mapped file are not needed again soon; does nothing for other memory.
    func releasePages(_ elements: Range<Int>) {
        guard let file = owner as? MappedFile else { return }
        let start = unsafe file.offset(of: UnsafeRawPointer(base + elements.lowerBound))
        file.release(start..<start + elements.count * MemoryLayout<Scalar>.stride)
    }

    /// An aligned address for buffers without elements.
    private static var nowhere: UnsafePointer<Scalar> {
        guard let pointer = unsafe UnsafePointer<Scalar>(bitPattern: alignment) else { preconditionFailure() }
        return unsafe pointer
    }

    deinit {
        if mappedByteCount > 0 {
            unsafe munmap(base, mappedByteCount)
        } else if owner == nil {
            unsafe UnsafeMutableRawPointer(base).deallocate()
        }
    }
}
