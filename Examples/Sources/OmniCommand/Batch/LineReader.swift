import CommandSupport
import Foundation

/// The lines of a file or a pipe, one at a time; `-` is standard input. A line is there as soon as its end is: nothing
/// waits for more to come.
struct LineReader {
    /// Longer lines are refused: audio of an hour in base64 fits.
    private static let longestByteCount = 256 << 20
    private static let newline = UInt8(ascii: "\n")

    private let path: String
    private let file: FileHandle
    /// What was read and not given out.
    private var buffer: [UInt8] = []
    /// Bytes at the beginning of the buffer that hold no end of a line.
    private var searchedCount = 0
    private var isAtEnd = false

    init(_ path: String) throws(InputError) {
        self.path = path
        file = try Descriptor.open(path)
    }

    /// The next line without its end; `nil` after the last. Empty lines are passed over.
    mutating func next() throws(InputError) -> Data? {
        while true {
            if let end = buffer[searchedCount...].firstIndex(of: Self.newline) {
                let line = TextLines.withoutReturn(Data(buffer[..<end]))
                buffer.removeFirst(end + 1)
                searchedCount = 0
                if !TextLines.isBlank(line) { return line }
            } else if isAtEnd {
                defer { (buffer, searchedCount) = ([], 0) }
                let line = TextLines.withoutReturn(Data(buffer))
                return TextLines.isBlank(line) ? nil : line
            } else {
                searchedCount = buffer.count
                try fill()
            }
        }
    }

    private mutating func fill() throws(InputError) {
        guard buffer.count <= Self.longestByteCount else {
            throw InputError(
                code: .malformed, path: path, reason: "a line has more than \(Self.longestByteCount >> 20) MiB")
        }
        let piece = try Descriptor.readAvailable(file, upTo: 1 << 16, path: path)
        isAtEnd = piece.isEmpty
        buffer += piece
    }
}
