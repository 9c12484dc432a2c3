import Foundation

extension [UInt8] {
    /// In base64.
    var base64: String { Data(self).base64EncodedString() }

    /// The bytes that a text in base64 stands for; `nil` when it is none. White space between its characters is
    /// skipped: many encoders break lines (RFC 2045).
    init?(base64 text: String) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let data =
            text.utf8.contains(where: isSpace)
            ? Data(base64Encoded: Data(text.utf8.filter { !isSpace($0) })) : Data(base64Encoded: text)
        guard let data else { return nil }
        self = [UInt8](data)
    }
}
