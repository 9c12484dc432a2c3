import Foundation
import OmniFormats

/// The bytes of an ONNX file as messages, read within bounds.
enum ONNXFile {
    /// Silero's files have about 2 MB. The bound also bounds the memory of hostile ones: a message of a few bytes becomes
    /// a few hundred in memory.
    static var largestByteCount: Int { 16 << 20 }

    static func read(_ bytes: Data, file: String) throws(SileroVADError) -> ONNXModelProto {
        guard bytes.count <= largestByteCount else {
            throw SileroVADError(
                .unsupported, file: file,
                reason: "\(bytes.count) bytes are too many for a Silero network; the limit is \(largestByteCount)")
        }
        do {
            return try ONNXMessageReader(Array(bytes)).model()
        } catch {
            throw SileroVADError(.malformed, file: file, reason: "this is not an ONNX file: \(error.reason)")
        }
    }
}
