/// The value of a header field with parameters (RFC 9110, 5.6.6): `form-data; name="a;b"; filename="c.wav"`.
struct HeaderParameters: Hashable {
    /// What stands before the parameters, in lower case.
    let value: String
    /// By names in lower case; the first of equal names counts.
    private(set) var parameters: [String: String] = [:]

    init(_ field: some StringProtocol) {
        var rest = Array(field.utf8)[...]
        value = Self.text(Self.token(&rest)).lowercased()
        while let semicolon = rest.firstIndex(of: UInt8(ascii: ";")) {
            rest = rest[(semicolon + 1)...]
            let name = Self.text(Self.token(&rest)).lowercased()
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            let value = Self.text(Self.value(&rest))
            if !name.isEmpty, parameters[name] == nil { parameters[name] = value }
        }
    }

    subscript(name: String) -> String? { parameters[name] }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What stands before a `;` or a `=`, without space around it.
    private static func token(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "=") } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end].trimmed
    }

    /// A token, or a text in quotes, in which a backslash takes the meaning from what follows.
    private static func value(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let trimmed = rest.drop { $0.isSpace }
        guard trimmed.first == UInt8(ascii: "\"") else {
            let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
            defer { rest = rest[end...] }
            return Array(rest[..<end].trimmed)
        }
        var value: [UInt8] = []
        var index = trimmed.startIndex + 1
        while index < trimmed.endIndex, trimmed[index] != UInt8(ascii: "\"") {
            // Browsers of old wrote paths: a backslash before anything else is one.
            let next = index + 1
            let isEscape =
                trimmed[index] == UInt8(ascii: "\\") && next < trimmed.endIndex
                && (trimmed[next] == UInt8(ascii: "\"") || trimmed[next] == UInt8(ascii: "\\"))
            if isEscape { index = next }
            value.append(trimmed[index])
            index += 1
        }
        rest = trimmed[min(index + 1, trimmed.endIndex)...]
        return value
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || self == 0x09 }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        let start = drop { $0.isSpace }
        return start[..<((start.lastIndex { !$0.isSpace }).map { $0 + 1 } ?? start.startIndex)]
    }
}
