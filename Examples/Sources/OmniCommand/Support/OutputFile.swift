import Foundation

/// A file that a command writes whole; `-` is standard output.
enum OutputFile {
    /// Writes a value as JSON. The file appears under its name when it is complete.
    static func write(json value: some Encodable, to path: String) throws {
        guard path != "-" else { return try StandardOutput.write(json: value) }
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
