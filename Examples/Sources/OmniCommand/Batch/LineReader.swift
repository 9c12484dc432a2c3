import Foundation

/// The lines of a file or a pipe, one at a time; `-` is standard input.
struct LineReader {
    /// Longer lines are refused: sound of an hour in base64 fits.
    private static let longestByteCount = 256 << 20

    private let path: String
    private let file: FileHandle
    private var buffer = Data()
    private var isAtEnd = false

    init(_ path: String) throws(InputError) {
        self.path = path
        if path == "-" {
            file = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: path) {
            file = opened
        } else {
            throw InputError(code: .missing, path: path, reason: "the file cannot be opened")
        }
    }

    /// The next line without its end; `nil` after the last. Empty lines are passed over.
    mutating func next() throws(InputError) -> Data? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[buffer.startIndex..<end])
                buffer = Data(buffer[buffer.index(after: end)...])
                if !line.isEmpty { return line }
            } else if isAtEnd {
                defer { buffer = Data() }
                return buffer.isEmpty ? nil : buffer
            } else {
                try fill()
            }
        }
    }

    private mutating func fill() throws(InputError) {
        guard buffer.count <= Self.longestByteCount else {
            throw InputError(
                code: .malformed, path: path, reason: "a line has more than \(Self.longestByteCount >> 20) MiB")
        }
        do {
            let piece = try file.read(upToCount: 1 << 16) ?? Data()
            isAtEnd = piece.isEmpty
            buffer += piece
        } catch {
            throw InputError(code: .unreadable, path: path, reason: error.localizedDescription)
        }
    }
}
