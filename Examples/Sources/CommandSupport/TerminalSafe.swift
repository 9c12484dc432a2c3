extension String {
    /// The text with what a terminal would obey written as `\u{…}`: names of files and of requests may hold any of
    /// them. Line breaks and tabs stay.
    public var terminalSafe: String { escaping { $0.isObeyed && $0 != "\n" && $0 != "\t" } }

    /// As ``terminalSafe``, on one line: line breaks and tabs are written as `\u{…}` as well.
    public var terminalSafeLine: String { escaping(\.isObeyed) }

    private func escaping(_ isEscaped: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: isEscaped) else { return self }
        return unicodeScalars.map { isEscaped($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    /// Controls, and marks that change the direction of text.
    fileprivate var isObeyed: Bool {
        switch value {
        case ..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F: true
        default: false
        }
    }
}
