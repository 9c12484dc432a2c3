import Yams

/// The top level of a YAML mapping, read field by field. A field that is not there, or null, is `nil`; one of the wrong
/// type is an error.
struct ConfigurationFields {
    private let mapping: Node.Mapping
    private let file: String

    init(yaml text: String, file: String) throws(OmniGPTError) {
        let node: Node?
        do {
            try FlatYAML.check(text)
            node = try Yams.compose(yaml: text)
        } catch let refusal as FlatYAML.Refusal {
            throw .unreadableConfiguration(file: file, reason: refusal.reason)
        } catch {
            throw .unreadableConfiguration(file: file, reason: "this is not YAML")
        }
        guard case .mapping(let mapping)? = node else {
            throw .unreadableConfiguration(file: file, reason: "this is not a mapping of fields to values")
        }
        self.mapping = mapping
        self.file = file
    }

    func int(_ field: String) throws(OmniGPTError) -> Int? { try value(field, "a whole number") { $0.int } }
    func double(_ field: String) throws(OmniGPTError) -> Double? { try value(field, "a number") { $0.float } }
    func float(_ field: String) throws(OmniGPTError) -> Float? { try double(field).map { Float($0) } }
    func bool(_ field: String) throws(OmniGPTError) -> Bool? { try value(field, "true or false") { $0.bool } }
    func string(_ field: String) throws(OmniGPTError) -> String? { try value(field, "a word") { $0.string } }

    /// One of the words that `Choice` knows.
    func choice<Choice: RawRepresentable<String>>(_ field: String) throws(OmniGPTError) -> Choice? {
        guard let word = try string(field) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw .invalidConfiguration(field: field, reason: "\(word) is not known")
        }
        return choice
    }

    /// A word one level down, in the mapping `field`.
    func string(_ field: String, in outer: String) -> String? {
        mapping[Node(outer)]?.mapping?[Node(field)]?.string
    }

    private func value<Value>(
        _ field: String, _ expected: String, _ read: (Node) -> Value?
    ) throws(OmniGPTError) -> Value? {
        guard let node = mapping[Node(field)], node.null == nil else { return nil }
        guard let value = read(node) else {
            throw .unreadableConfiguration(file: file, reason: "\(field) must be \(expected)")
        }
        return value
    }
}
