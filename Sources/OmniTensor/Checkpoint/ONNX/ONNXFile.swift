package import Foundation
import OmniFormats

/// An ONNX file: the bytes on disk, and the messages that they are.
package enum ONNXFile {
    /// Why a file is not read.
    package struct Fault: Error {
        /// The kind of fault.
        package enum Code: Sendable {
            case unreadable
            case tooLarge
            case malformed
            case overBudget
        }

        package let code: Code
        /// One clear sentence, without the name of the file.
        package let reason: String
    }

    /// The bytes of a regular file, mapped.
    package static func contents(of url: URL) throws(Fault) -> Data {
        try requireRegularFile(url)
        do { return try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw Fault(code: .unreadable, reason: "the file cannot be read")
        }
    }

    /// Refuses a pipe, whose opening would wait for its writer.
    package static func requireRegularFile(_ url: URL) throws(Fault) {
        let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
        if let isRegular = values?.isRegularFile, !isRegular {
            throw Fault(code: .unreadable, reason: "this is not a regular file")
        }
    }

    /// The messages of a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: the contents of the file.
    ///   - largestByteCount: larger files are refused.
    ///   - model: what the file should be, for the message of that refusal: `a Silero network`.
    package static func read(
        _ bytes: Data, largestByteCount: Int, as model: String
    ) throws(Fault) -> ONNXModelProto {
        guard bytes.count <= largestByteCount else {
            throw Fault(
                code: .tooLarge,
                reason: "\(bytes.count) bytes are too many for \(model); the limit is \(largestByteCount)")
        }
        if let explanation = MistakenFile.explanation(of: bytes) { throw Fault(code: .malformed, reason: explanation) }
        do {
            var reader = ONNXMessageReader(Array(bytes))
            return try reader.model()
        } catch {
            switch error {
            case .malformed(let reason):
                throw Fault(code: .malformed, reason: "this is not an ONNX file: \(reason)")
            case .overBudget(let exhausted): throw Fault(code: .overBudget, reason: exhausted.reason)
            }
        }
    }
}
