package import Foundation
import OmniFormats

/// Reads the configuration files of models.
package enum ConfigurationFile {
    /// Real ones have some kilobytes; a larger file is something else.
    private static var largestByteCount: Int { 1 << 20 }

    /// The bytes of a file, which is read no further than a configuration can go.
    package static func bytes(of url: URL) throws(ModelConfigurationError) -> Data {
        let bytes: Data
        do {
            bytes = try FileHandle(forReadingFrom: url).read(upToCount: largestByteCount + 1) ?? Data()
        } catch {
            throw ModelConfigurationError(.unreadable, file: url.path, reason: "the file cannot be read")
        }
        try check(bytes, file: url.path)
        return bytes
    }

    /// Decodes the JSON object in a file.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from url: URL
    ) throws(ModelConfigurationError) -> Value {
        try decode(type, json: bytes(of: url), file: url.path)
    }

    /// Decodes a JSON object; `file` is where it comes from.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, json: Data, file: String
    ) throws(ModelConfigurationError) -> Value {
        try check(json, file: file)
        do {
            return try JSONDecoder().decode(type, from: ByteOrderMark.dropped(from: json))
        } catch let error as ModelConfigurationError {
            throw error.located(in: file)
        } catch {
            throw fault(error as? DecodingError, file: file)
        }
    }

    private static func check(_ bytes: Data, file: String) throws(ModelConfigurationError) {
        guard bytes.count <= largestByteCount else {
            throw ModelConfigurationError(
                .malformed, file: file, reason: "more than \(largestByteCount) bytes are too many for a configuration")
        }
        if let explanation = MistakenFile.explanation(of: bytes) {
            throw ModelConfigurationError(.malformed, file: file, reason: explanation)
        }
        if let fault = JSONText.fault(in: bytes) {
            throw ModelConfigurationError(.malformed, file: file, reason: fault)
        }
    }

    private static func fault(_ error: DecodingError?, file: String) -> ModelConfigurationError {
        func malformed(_ path: [any CodingKey], _ reason: String) -> ModelConfigurationError {
            guard !path.isEmpty else {
                return ModelConfigurationError(.malformed, file: file, reason: "this is not a JSON object")
            }
            let field = path.map(\.stringValue).joined(separator: ".")
            return ModelConfigurationError(.malformed, file: file, field: field, reason: reason)
        }
        switch error {
        case .keyNotFound(let key, let context): return malformed(context.codingPath + [key], "the field is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return malformed(context.codingPath, "the value has the wrong type")
        default: return malformed([], "")
        }
    }
}
