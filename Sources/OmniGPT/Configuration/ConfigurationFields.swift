import Foundation
import OmniTensor

/// The top level of a YAML mapping, read field by field. A field that is not there, or null, is `nil`; one of the wrong
/// type is an error.
struct ConfigurationFields {
    private let mapping: [String: YAMLValue]
    /// Where the fields come from.
    let file: String

    init(yaml text: String, file: String) throws(ModelConfigurationError) {
        let value: YAMLValue
        do {
            value = try YAMLReader.value(of: text)
        } catch {
            throw ModelConfigurationError(.malformed, file: file, reason: error.reason)
        }
        guard case .mapping(let mapping) = value else {
            throw ModelConfigurationError(
                .malformed, file: file, reason: "this is not a mapping of fields to values")
        }
        self.mapping = mapping
        self.file = file
    }

    init(contentsOf url: URL) throws(ModelConfigurationError) {
        guard let text = String(validating: try ConfigurationFile.bytes(of: url), as: UTF8.self) else {
            throw ModelConfigurationError(.malformed, file: url.path, reason: "the file is not UTF-8 text")
        }
        try self.init(yaml: text, file: url.path)
    }

    func int(_ field: String) throws(ModelConfigurationError) -> Int? { try value(field, "a whole number") { $0.int } }
    func double(_ field: String) throws(ModelConfigurationError) -> Double? {
        try value(field, "a number") { $0.double }
    }
    func float(_ field: String) throws(ModelConfigurationError) -> Float? { try double(field).map { Float($0) } }
    func bool(_ field: String) throws(ModelConfigurationError) -> Bool? {
        try value(field, "true or false") { $0.bool }
    }
    func string(_ field: String) throws(ModelConfigurationError) -> String? { try value(field, "a word") { $0.string } }

    /// One of the words that `Choice` knows.
    func choice<Choice: RawRepresentable<String>>(_ field: String) throws(ModelConfigurationError) -> Choice? {
        guard let word = try string(field) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw ModelConfigurationError(.invalid, file: file, field: field, reason: "\(word) is not known")
        }
        return choice
    }

    /// A word one level down, in the mapping `field`.
    func string(_ field: String, in outer: String) -> String? {
        guard case .mapping(let inner)? = mapping[outer] else { return nil }
        return inner[field]?.string
    }

    private func value<Value>(
        _ field: String, _ expected: String, _ read: (YAMLValue) -> Value?
    ) throws(ModelConfigurationError) -> Value? {
        guard let found = mapping[field], !found.isNull else { return nil }
        guard let value = read(found) else {
            throw ModelConfigurationError(.malformed, file: file, field: field, reason: "this must be \(expected)")
        }
        return value
    }
}
