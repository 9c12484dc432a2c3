import Foundation
import OmniFormats

/// Reads a `config.json` of Hugging Face.
enum ConfigurationFile {
    /// - Throws: ``WhisperError/unreadableConfiguration(file:reason:)``, or the ``WhisperError`` that decoding throws.
    static func decode<Value: Decodable>(_ type: Value.Type, from url: URL) throws(WhisperError) -> Value {
        do {
            let data = try Data(contentsOf: url, options: .mappedIfSafe)
            // Real ones have some 2 kB; a large one is something else.
            guard data.count <= 1 << 20 else {
                throw WhisperError.unreadableConfiguration(
                    file: url.path, reason: "\(data.count) bytes are too many for a configuration")
            }
            if let explanation = MistakenFile.explanation(of: data) {
                throw WhisperError.unreadableConfiguration(file: url.path, reason: explanation)
            }
            return try JSONDecoder().decode(type, from: ByteOrderMark.dropped(from: data))
        } catch let error as WhisperError {
            throw error
        } catch let error as DecodingError {
            throw .unreadableConfiguration(file: url.path, reason: reason(error))
        } catch {
            throw .unreadableConfiguration(file: url.path, reason: "the file cannot be read")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "there is no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is not an integer"
        default: "the file is not JSON"
        }
    }
}
