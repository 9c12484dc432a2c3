import Foundation

/// The text of a YAML file that is as plain as a model's configuration: small, shallow, without aliases.
///
/// A parser builds nested collections by recursion and aliases by repetition, so a small hostile file can exhaust the
/// stack or the memory; what no configuration needs is refused before it is parsed.
enum FlatYAML {
    /// Why a file is refused.
    struct Refusal: Error {
        let reason: String
    }

    /// Bytes that are read at all: a hundred times what a configuration takes.
    static let largestByteCount = 1 << 16
    /// Brackets that may open; each can nest one deeper.
    static let largestBracketCount = 64
    /// Columns before the first word of a line; block collections nest by indentation.
    static let largestIndentation = 32

    /// Reads a file no further than a configuration can go.
    static func text(of url: URL) throws(Refusal) -> String {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: url)
            bytes = try file.read(upToCount: largestByteCount + 1) ?? Data()
        } catch {
            throw Refusal(reason: "the file cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(reason: "the file is not UTF-8 text")
        }
        return text
    }

    /// Refuses text that would nest too deep or repeat itself.
    static func check(_ text: String) throws(Refusal) {
        guard text.utf8.count <= largestByteCount else {
            throw Refusal(reason: "a configuration of more than \(largestByteCount) bytes")
        }
        try check(text.utf8)
    }

    private static func check(_ bytes: String.UTF8View) throws(Refusal) {
        var bracketCount = 0
        var column = 0
        var isIndentation = true
        var previous = UInt8(ascii: "\n")
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                column = 0
                isIndentation = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
                column += 1
                if isIndentation, column > largestIndentation {
                    throw Refusal(reason: "a line indented by more than \(largestIndentation) columns")
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                bracketCount += 1
                isIndentation = false
                if bracketCount > largestBracketCount {
                    throw Refusal(reason: "more than \(largestBracketCount) brackets")
                }
            case UInt8(ascii: "*"), UInt8(ascii: "&"):
                isIndentation = false
                if " \t\n\r-?:,[{".utf8.contains(previous) {
                    throw Refusal(reason: "anchors and aliases have no place in a configuration")
                }
            case 0x80...:
                // Beyond ASCII there are further line breaks; a configuration has no use for them outside a word.
                isIndentation = true
                column = 0
            default: isIndentation = false
            }
            previous = byte
        }
    }
}
