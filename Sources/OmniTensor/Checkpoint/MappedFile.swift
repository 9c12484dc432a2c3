internal import COmniSystem
internal import Foundation
internal import OmniFormats

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A whole file as read-only memory. Opening reads nothing: pages come in when they are touched, and the system may
/// drop them again, so a mapped file is not part of the memory that a process keeps.
///
/// When another program shortens the file while it is mapped, later reads of the lost pages end the process, see
/// ``ProcessFaults``: replace a checkpoint by renaming a new file over it.
///
/// `@unchecked Sendable` is sound because the bytes are mapped for reading only and the properties never change.
@safe
final class MappedFile: @unchecked Sendable {
    /// The path, as it was given.
    let path: String
    /// The size of the file.
    let count: Int
    private let base: UnsafeRawPointer
    /// Where the handler of ``ProcessFaults`` finds the path.
    private let slot: Int32

    /// - Throws: ``CheckpointError/Code/unreadable`` for what is not a file that can be opened,
    ///   ``CheckpointError/Code/outOfMemory`` where there is no address space for it, and
    ///   ``CheckpointError/Code/malformed`` for an empty one.
    init(_ path: String) throws(CheckpointError) {
        func failure(_ what: String) -> CheckpointError {
            let code = errno
            return CheckpointError(
                code == ENOMEM ? .outOfMemory : .unreadable, file: path,
                reason: "\(what): \(unsafe String(cString: strerror(code)))")
        }
        // Without O_NONBLOCK the opening of a pipe waits for its writer.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("the file cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("the file cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError(.unreadable, file: path, reason: "this is not a regular file")
        }
        guard let count = Int(exactly: status.st_size), count > 0 else {
            throw CheckpointError(
                .malformed, file: path, reason: MistakenFile.explanation(of: []) ?? "the file is empty")
        }
        guard let memory = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), unsafe memory != MAP_FAILED
        else { throw failure("the file cannot be mapped") }
        #if os(Linux)
            // A wish, as for packed weights: read in large pages, a file is as fast as memory of one's own.
            _ = unsafe madvise(memory, count, MADV_HUGEPAGE)
        #endif
        self.path = path
        self.count = count
        unsafe base = UnsafeRawPointer(memory)
        slot = unsafe omni_mapped_file_add(memory, count, path)
    }

    deinit {
        omni_mapped_file_remove(slot)
        _ = unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    }

    /// All bytes of the file.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The first bytes, which tell what the file is.
    var start: [UInt8] {
        let bytes = bytes
        return (0..<min(count, MistakenFile.startByteCount)).compactMap { bytes.byte(at: $0) }
    }

    /// The address of some bytes of the file, for as long as the file is kept.
    @unsafe
    func address(of range: Range<Int>) -> UnsafeRawPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
        return unsafe base + range.lowerBound
    }

    /// Where in the file an address lies that ``address(of:)`` gave out.
    @unsafe
    func offset(of address: UnsafeRawPointer) -> Int {
        let offset = unsafe address - base
        precondition(offset >= 0 && offset <= count, "offset \(offset) of \(count) bytes")
        return offset
    }

    /// Tells the system that some bytes are not needed again soon; reading them again reads the file again.
    func release(_ range: Range<Int>) {
        let page = Int(sysconf(numericCast(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard page > 0, start < end else { return }
        _ = unsafe madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, Int32(MADV_DONTNEED))
    }
}
