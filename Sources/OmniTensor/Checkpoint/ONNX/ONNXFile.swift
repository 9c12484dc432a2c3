package import Foundation
package import OmniFormats

/// An ONNX file: the bytes on disk, and the messages that they are.
package enum ONNXFile {
    /// The bytes of a regular file, mapped.
    package static func contents(of url: URL) throws(CheckpointError) -> Data {
        try requireRegularFile(url)
        do { return try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw CheckpointError(.unreadable, file: url.path, reason: "the file cannot be read")
        }
    }

    /// Refuses a pipe, whose opening would wait for its writer.
    package static func requireRegularFile(_ url: URL) throws(CheckpointError) {
        let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
        if let isRegular = values?.isRegularFile, !isRegular {
            throw CheckpointError(.unreadable, file: url.path, reason: "this is not a regular file")
        }
    }

    /// The messages of a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: the contents of the file.
    ///   - file: its path, for messages.
    ///   - largestByteCount: larger files are refused.
    ///   - model: what the file should be, for the message of that refusal: `a Silero network`.
    /// - Returns: the messages, and what may still be made of them.
    package static func read(
        _ bytes: Data, of file: String, largestByteCount: Int, as model: String
    ) throws(CheckpointError) -> (model: ONNXModelProto, budget: ReadingBudget) {
        guard bytes.count <= largestByteCount else {
            throw CheckpointError(
                .overBudget, file: file,
                reason: "\(bytes.count) bytes are too many for \(model); the limit is \(largestByteCount)")
        }
        if let explanation = MistakenFile.explanation(of: bytes) {
            throw CheckpointError(.malformed, file: file, reason: explanation)
        }
        do {
            var reader = ONNXMessageReader(Array(bytes))
            return (try reader.model(), reader.budget)
        } catch {
            switch error {
            case .malformed(let reason):
                throw CheckpointError(.malformed, file: file, reason: "this is not an ONNX file: \(reason)")
            case .overBudget(let exhausted):
                throw CheckpointError(.overBudget, file: file, reason: exhausted.reason)
            }
        }
    }
}
