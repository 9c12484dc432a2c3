public import Foundation
import OmniTensor

/// Reading and writing by the system's own calls, whose error numbers make a sentence. Foundation's errors do not name
/// the file, and their texts do not name the reason.
public enum Descriptor {
    /// Opens a file for reading; `-` is standard input.
    ///
    /// - Throws: ``InputError``.
    public static func open(_ path: String) throws(InputError) -> FileHandle {
        if path == "-" { return .standardInput }
        let descriptor = unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw InputError(path: path, code: errno) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Reads what is there, at least one byte; nothing at the end. `FileHandle.read(upToCount:)` would wait for all
    /// that it may read.
    ///
    /// - Throws: ``InputError``.
    public static func readAvailable(_ file: FileHandle, upTo count: Int, path: String) throws(InputError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filledCount in
            repeat {
                let result = unsafe read(file.fileDescriptor, buffer.baseAddress, count)
                failure = result < 0 ? errno : 0
                filledCount = max(result, 0)
            } while failure == EINTR
        }
        guard failure == 0 else { throw InputError(path: path, code: failure) }
        return bytes
    }

    /// Writes all bytes.
    ///
    /// - Throws: ``OutputError``.
    public static func write(_ bytes: Data, to descriptor: Int32, path: String) throws(OutputError) {
        do throws(OutputFileError) {
            try OutputFile.write(bytes, to: descriptor, path: path)
        } catch {
            throw OutputError(.write, path: path, reason: error.reason)
        }
    }
}
