import CommandSupport
import Foundation
import OmniTensor

/// A regular file by its device and number, whatever it is called.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64

    /// The file of a path, or of the standard input or output that the path names.
    ///
    /// - Parameter standard: the descriptor that `-` stands for.
    /// - Returns: `nil` where there is no such file and for what is none: a pipe, a terminal, a folder.
    init?(_ path: String, standard: Int32) {
        var status = stat()
        let descriptor = path == "-" ? standard : OutputFile.descriptor(namedBy: path)
        let isKnown =
            if let descriptor { unsafe fstat(descriptor, &status) == 0 } else { unsafe stat(path, &status) == 0 }
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}

extension OutputFile {
    /// Makes sure that writing an output will not destroy the input.
    ///
    /// - Parameters:
    ///   - output: a path, or `-` for standard output.
    ///   - input: a path, or `-` for standard input.
    ///   - name: what the input is, as in "the recording".
    /// - Throws: `OutputError` when both are the same file.
    static func require(_ output: String, isNot input: String, called name: String) throws(OutputError) {
        guard let written = FileIdentity(output, standard: STDOUT_FILENO),
            written == FileIdentity(input, standard: STDIN_FILENO)
        else { return }
        throw OutputError(path: output, reason: "it is \(name); nothing was changed")
    }
}
