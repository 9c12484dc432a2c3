import CommandSupport
import Foundation

/// A file named on the command line; `-` is standard input.
enum InputFile {
    /// All bytes of the file, which must not be more than `largestByteCount`; without it 1 GiB, because nothing that a
    /// command takes whole is that large.
    static func bytes(_ path: String, atMost largestByteCount: Int = 1 << 30) throws(InputError) -> Data {
        let file = try Descriptor.open(path)
        var bytes = Data()
        while case let piece = try Descriptor.readAvailable(file, upTo: 1 << 20, path: path), !piece.isEmpty {
            bytes.append(contentsOf: piece)
            guard bytes.count <= largestByteCount else {
                throw InputError(
                    code: .malformed, path: path, reason: "more than \(largestByteCount >> 20) MiB are too many")
            }
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
