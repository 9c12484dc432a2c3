import Foundation
import OmniTensor

extension OutputFile {
    /// Writes a value as JSON.
    static func write(json value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try write(encoder.encode(value) + Data("\n".utf8), to: path)
    }
}
