import CommandSupport
import Foundation

/// A file that a command writes whole.
enum OutputFile {
    /// Writes a value as JSON. The file appears under its name when it is complete.
    static func write(json value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(value) + Data("\n".utf8)
        do {
            try bytes.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw OutputError(path: path, reason: error.localizedDescription)
        }
    }
}
