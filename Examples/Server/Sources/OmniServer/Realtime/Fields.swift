/// The members of a JSON object in a client's event, and where in the event it lies.
struct Fields {
    let json: JSON
    private let place: String

    init(_ json: JSON, path: String = "") {
        self.json = json
        place = path
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func object(_ name: String) throws(APIError) -> Fields {
        guard let value = json[name] else { throw missing(name) }
        guard value.isObject else { throw wrong(name, "an object") }
        return Fields(value, path: path(name))
    }

    func optionalObject(_ name: String) throws(APIError) -> Fields? {
        json[name] == nil ? nil : try object(name)
    }

    func string(_ name: String) throws(APIError) -> String {
        guard let value = try optionalString(name) else { throw missing(name) }
        return value
    }

    func optionalString(_ name: String) throws(APIError) -> String? {
        guard let value = json[name] else { return nil }
        guard let string = value.string else { throw wrong(name, "a string") }
        return string
    }

    func integer(_ name: String) throws(APIError) -> Int {
        guard let value = json[name] else { throw missing(name) }
        guard let integer = value.integer, (0...Int(Int32.max)).contains(integer) else {
            throw wrong(name, "a number of at least 0")
        }
        return integer
    }

    /// Milliseconds up to a minute.
    func milliseconds(_ name: String) throws(APIError) -> Duration? {
        guard let value = json[name] else { return nil }
        guard let number = value.number, (0...60_000).contains(number) else {
            throw wrong(name, "0 to 60000 milliseconds")
        }
        return .seconds(number / 1000)
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = json[name] else { return nil }
        guard let bool = value.bool else { throw wrong(name, "true or false") }
        return bool
    }

    /// Bytes in base64; white space in it is skipped.
    func base64(_ name: String) throws(APIError) -> [UInt8] {
        guard let bytes = [UInt8](base64: try string(name)) else {
            throw .invalid("\(path(name)) is not base64", code: "invalid_base64", parameter: path(name))
        }
        return bytes
    }

    /// All members, `null` included.
    var members: [String: JSON] { if case .object(let members) = json { members } else { [:] } }

    /// The names of all members, in order. An error is about the first member that is wrong, the same one each time.
    var names: [String] { members.keys.sorted() }

    /// A member, `null` included.
    func value(_ name: String) -> JSON? { members[name] }

    /// Throws when there is a member of another name.
    func allow(_ known: Set<String>) throws(APIError) {
        for name in names where !known.contains(name) { throw unknown(name) }
    }

    func unknown(_ name: String) -> APIError {
        let place = path(name).excerpt()
        return .invalid("there is no field \(place)", code: "unknown_parameter", parameter: place)
    }

    /// A value that is part of the API, and that this server cannot honour.
    func unsupported(_ name: String, _ reason: String) -> APIError {
        .invalid("\(path(name)): \(reason)", code: "unsupported_value", parameter: path(name))
    }

    func missing(_ name: String) -> APIError {
        .invalid("\(path(name)) is missing", code: "missing_required_parameter", parameter: path(name))
    }

    func wrong(_ name: String, _ expected: String) -> APIError {
        .invalid("\(path(name)) must be \(expected)", code: "invalid_value", parameter: path(name))
    }
}
