import Foundation
import OmniFormats

/// The bytes of an ONNX file as messages, read within bounds.
enum ONNXFile {
    /// Silero's files have about 2 MB.
    static var largestByteCount: Int { 8 << 20 }

    static func read(_ bytes: Data, file: String) throws(SileroVADError) -> ONNXModelProto {
        if let explanation = MistakenFile.explanation(of: bytes) {
            throw SileroVADError(.malformed, file: file, reason: explanation)
        }
        guard bytes.count <= largestByteCount else {
            throw SileroVADError(
                .unsupported, file: file,
                reason: "\(bytes.count) bytes are too many for a Silero network; the limit is \(largestByteCount)")
        }
        do {
            var reader = ONNXMessageReader(Array(bytes))
            return try reader.model()
        } catch {
            switch error {
            case .malformed(let reason):
                throw SileroVADError(.malformed, file: file, reason: "this is not an ONNX file: \(reason)")
            case .overBudget(let exhausted):
                throw SileroVADError(.overBudget, file: file, reason: exhausted.reason)
            }
        }
    }
}
