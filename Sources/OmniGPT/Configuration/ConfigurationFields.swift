import Foundation
import OmniFormats

/// The top level of a YAML mapping, read field by field. A field that is not there, or null, is `nil`; one of the wrong
/// type is an error.
struct ConfigurationFields {
    private let mapping: [String: YAMLValue]
    private let file: String

    init(yaml text: String, file: String) throws(OmniGPTError) {
        let value: YAMLValue
        do {
            value = try YAMLReader.value(of: text)
        } catch {
            throw .unreadableConfiguration(file: file, reason: error.reason)
        }
        guard case .mapping(let mapping) = value else {
            throw .unreadableConfiguration(file: file, reason: "this is not a mapping of fields to values")
        }
        self.mapping = mapping
        self.file = file
    }

    /// Reads a file no further than a configuration can go.
    init(contentsOf url: URL) throws(OmniGPTError) {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: url)
            bytes = try file.read(upToCount: YAMLReader.largestByteCount + 1) ?? Data()
        } catch {
            throw .unreadableConfiguration(file: url.path, reason: "the file cannot be read")
        }
        if let explanation = MistakenFile.explanation(of: bytes) {
            throw .unreadableConfiguration(file: url.path, reason: explanation)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadableConfiguration(file: url.path, reason: "the file is not UTF-8 text")
        }
        try self.init(yaml: text, file: url.path)
    }

    func int(_ field: String) throws(OmniGPTError) -> Int? { try value(field, "a whole number") { $0.int } }
    func double(_ field: String) throws(OmniGPTError) -> Double? { try value(field, "a number") { $0.double } }
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
        guard case .mapping(let inner)? = mapping[outer] else { return nil }
        return inner[field]?.string
    }

    private func value<Value>(
        _ field: String, _ expected: String, _ read: (YAMLValue) -> Value?
    ) throws(OmniGPTError) -> Value? {
        guard let found = mapping[field], !found.isNull else { return nil }
        guard let value = read(found) else {
            throw .unreadableConfiguration(file: file, reason: "\(field) must be \(expected)")
        }
        return value
    }
}
