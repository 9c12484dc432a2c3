internal import Foundation
internal import Synchronization

/// A file of a cache as it comes: `<hash>.incomplete`, continued where an earlier download ended, even one that was
/// killed.
///
/// Bytes go to disk and into the digest in the same step; the digest of what was there before is computed from the
/// disk.
final class PartialFile: HTTPReceiver {
    private struct State {
        var digest: ContentDigest
        var offset: Int
    }

    let path: String
    private let file: HubFile
    private let meter: ProgressMeter
    private let descriptor: Int32
    private let state: Mutex<State>

    /// Opens what is there, or an empty file. More than the file's size is no part of it: it starts anew.
    ///
    /// - Throws: ``HubError/unusable(path:reason:)``, `CancellationError`.
    init(_ file: HubFile, at path: String, _ meter: ProgressMeter, _ flag: CancellationFlag) throws {
        self.file = file
        self.path = path
        self.meter = meter
        // A link of this name would lead elsewhere.
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        let start = ContentDigest(like: file.digest, size: file.size)
        state = Mutex(State(digest: start, offset: 0))
        guard descriptor >= 0 else { throw FileSystem.failure(path, "the file cannot be opened") }
        let size = FileSystem.size(of: path) ?? 0
        guard size <= file.size else {
            try restart(losing: 0)
            return
        }
        var digest = start
        try FileDigest.add(size, of: descriptor, path: path, to: &digest, nil, flag)
        state.withLock { $0 = State(digest: digest, offset: size) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The bytes that are there.
    var offset: Int { state.withLock { $0.offset } }

    /// Empties the file, and takes what was there from the progress.
    func restart() throws { try restart(losing: offset) }

    private func restart(losing byteCount: Int) throws {
        guard ftruncate(descriptor, 0) == 0 else { throw FileSystem.failure(path, "the file cannot be emptied") }
        state.withLock { $0 = State(digest: ContentDigest(like: file.digest, size: file.size), offset: 0) }
        meter.adjust(by: -byteCount)
    }

    /// Compares what came with what the hub announced, and puts the file on the disk for good.
    ///
    /// - Throws: ``HubError/wrongLength(file:expected:found:)``, ``HubError/damaged(file:expected:found:)``.
    func finish() throws {
        let (digest, offset) = state.withLock { ($0.digest, $0.offset) }
        guard offset == file.size else {
            throw HubError.wrongLength(file: file.path, expected: file.size, found: offset)
        }
        let found = digest.finish()
        guard found == file.digest else {
            throw HubError.damaged(file: file.path, expected: file.digest, found: found)
        }
        guard fsync(descriptor) == 0 else { throw FileSystem.failure(path, "the file cannot be written to the disk") }
    }

    // MARK: Receiving

    func receive(_ head: HTTPHead) throws -> Bool {
        switch head.status {
        case 200:
            // The server knows no ranges: it sends everything again.
            if offset > 0 { try restart() }
            if let length = head["Content-Length"].flatMap(Int.init), length != file.size {
                throw HubError.wrongLength(file: file.path, expected: file.size, found: length)
            }
            return true
        case 206:
            let range = head["Content-Range"].flatMap(ContentRange.init)
            guard let range, range.start == offset, range.total == nil || range.total == file.size else {
                throw HTTPFailure(kind: .interrupted, reason: "another range came than was asked for")
            }
            return true
        default: return true
        }
    }

    func receive(_ bytes: RawSpan) throws { try write(bytes) }

    private func write(_ bytes: RawSpan) throws {
        try state.withLock { state in
            guard bytes.byteCount <= file.size - state.offset else {
                throw HubError.wrongLength(
                    file: file.path, expected: file.size, found: state.offset + bytes.byteCount)
            }
            var written = 0
            while written < bytes.byteCount {
                let rest = bytes.extracting(written..<bytes.byteCount)
                let count = unsafe rest.withUnsafeBytes { bytes in
                    unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(state.offset + written))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw writeFailure(missing: file.size - state.offset - written) }
                written += count
            }
            state.digest.add(bytes)
            state.offset += bytes.byteCount
        }
        meter.receive(bytes.byteCount)
    }

    private func writeFailure(missing: Int) -> HubError {
        let code = errno
        guard code == ENOSPC || code == EDQUOT || code == EFBIG else {
            return FileSystem.failure(path, "the file cannot be written")
        }
        let folder = FileSystem.folder(of: path)
        let available = code == ENOSPC ? FileSystem.availableByteCount(folder) ?? 0 : 0
        return .diskFull(folder: folder, needed: missing, available: available)
    }
}

/// `bytes 100-199/200`.
struct ContentRange: Sendable, Hashable {
    let start: Int
    /// `nil` for one that the server does not know.
    let total: Int?

    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2, let dash = parts[0].firstIndex(of: "-"), let start = Int(parts[0][..<dash]) else {
            return nil
        }
        self.start = start
        total = Int(parts[1])
    }
}
