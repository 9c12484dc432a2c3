internal import OmniFormats

/// A small piece of a JSON file.
indirect enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// A value with its place in its file, so that an error can name both.
struct JSONNode {
    let value: JSONValue
    let file: String
    /// The dotted name of the value.
    let path: String

    func fault(_ code: TokenizerError.Code, _ reason: String) -> TokenizerError {
        TokenizerError(code, file: file, field: path, reason: reason)
    }

    /// A member of an object; `nil` when it is missing or null.
    func member(_ name: String) throws(TokenizerError) -> JSONNode? {
        guard case .object(let members) = value else { throw fault(.malformed, "expected an object") }
        guard let found = members[name], found != .null else { return nil }
        return JSONNode(value: found, file: file, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// A member that must be there.
    func required(_ name: String) throws(TokenizerError) -> JSONNode {
        guard let found = try member(name) else { throw fault(.malformed, "\"\(name)\" is missing") }
        return found
    }

    /// The elements of an array.
    func elements() throws(TokenizerError) -> [JSONNode] {
        guard case .array(let values) = value else { throw fault(.malformed, "expected an array") }
        return values.enumerated().map { JSONNode(value: $1, file: file, path: "\(path)[\($0)]") }
    }

    /// A word, to be compared with others.
    func string() throws(TokenizerError) -> String {
        let text = try text()
        guard text.isStreamSafe else { throw fault(.malformed, StreamSafeText.fault) }
        return text
    }

    /// Text of any kind, of which only the bytes count.
    func text() throws(TokenizerError) -> String {
        guard case .string(let text) = value else { throw fault(.malformed, "expected a string") }
        return text
    }

    func integer() throws(TokenizerError) -> Int {
        guard case .integer(let number) = value else { throw fault(.malformed, "expected a whole number") }
        return number
    }

    func boolean() throws(TokenizerError) -> Bool {
        guard case .boolean(let flag) = value else { throw fault(.malformed, "expected true or false") }
        return flag
    }

    /// A member that is true or false, or `standard` when it is not there.
    func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
        try member(name)?.boolean() ?? standard
    }
}
