import CommandSupport
import Foundation

/// A file named on the command line; `-` is standard input.
enum InputFile {
    /// Refuses to read more than this: nothing that a command takes whole is that large.
    private static let largestByteCount = 1 << 30

    /// All bytes of the file.
    static func bytes(_ path: String) throws(InputError) -> Data {
        let file: FileHandle
        if path == "-" {
            file = .standardInput
        } else {
            guard FileManager.default.fileExists(atPath: path) else {
                throw InputError(code: .missing, path: path, reason: "there is no such file")
            }
            guard let opened = FileHandle(forReadingAtPath: path) else {
                throw InputError(code: .unreadable, path: path, reason: "the file cannot be opened")
            }
            file = opened
        }
        var bytes = Data()
        do {
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                bytes.append(piece)
                guard bytes.count <= largestByteCount else {
                    throw InputError(
                        code: .malformed, path: path, reason: "more than \(largestByteCount >> 20) MiB are too many")
                }
            }
        } catch let error as InputError {
            throw error
        } catch {
            throw InputError(code: .unreadable, path: path, reason: error.localizedDescription)
        }
        return bytes
    }

    /// A JSON file as a value.
    static func json<Value: Decodable>(_ path: String, as type: Value.Type, expecting form: String) throws(InputError)
        -> Value
    {
        let bytes = try bytes(path)
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw InputError(code: .malformed, path: path, reason: "this is not \(form)")
        }
    }
}
