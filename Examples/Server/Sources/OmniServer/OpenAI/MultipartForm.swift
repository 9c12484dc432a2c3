import Foundation

/// The fields of a `multipart/form-data` body (RFC 7578).
struct MultipartForm {
    struct Field: Hashable {
        let fileName: String?
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// Whether the field can be compared with anything.
        fileprivate var isText: Bool { bytes.count <= MultipartForm.maximumTextByteCount && text.isStreamSafe }
    }

    static let maximumFieldCount = 64
    /// Bytes of a field that is no file.
    static let maximumTextByteCount = 64 << 10

    /// The fields by name: an array comes as several of one name.
    private(set) var fields: [String: [Field]] = [:]

    /// - Parameters:
    ///   - contentType: the request's header field, with the boundary.
    ///   - body: the whole body.
    init(contentType: String?, body: [UInt8]) throws(APIError) {
        guard let contentType, contentType.isStreamSafe, let boundary = Self.boundary(contentType) else {
            throw .invalid("the request is no multipart form", code: "invalid_form")
        }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very beginning.
        let bytes = Array("\r\n".utf8) + body
        var starts = Self.places(of: delimiter, in: bytes)
        guard let last = starts.popLast(), Self.isEnd(bytes.dropFirst(last + delimiter.count)) else {
            throw .invalid("the form has no end", code: "invalid_form")
        }
        guard starts.count <= Self.maximumFieldCount else {
            throw .invalid("the form has more than \(Self.maximumFieldCount) fields", code: "invalid_form")
        }
        for (start, end) in zip(starts, starts.dropFirst() + [last]) {
            let part = bytes[(start + delimiter.count)..<end]
            guard let head = Self.places(of: Array("\r\n\r\n".utf8), in: Array(part.prefix(4096))).first else {
                throw .invalid("a field of the form has no header", code: "invalid_form")
            }
            let header = String(decoding: part.prefix(head), as: UTF8.self)
            guard header.isStreamSafe, let disposition = Self.disposition(header), let name = disposition["name"] else {
                throw .invalid("a field of the form has no name", code: "invalid_form")
            }
            let field = Field(fileName: disposition["filename"], bytes: Array(part.dropFirst(head + 4)))
            guard field.fileName != nil || name == "file" || field.isText else {
                throw .invalid("a field of the form is too long, or no text", code: "invalid_form")
            }
            fields[name, default: []].append(field)
        }
    }

    /// The last field of a name.
    subscript(name: String) -> Field? { fields[name]?.last }

    /// - Returns: `nil` for a field that is too long for a text, as a file may be.
    func text(_ name: String) -> String? { self[name].flatMap { $0.isText ? $0.text : nil } }

    /// All texts of an array, whose name may end in brackets.
    func texts(_ name: String) -> [String] {
        [name, name + "[]"].flatMap { fields[$0] ?? [] }.filter(\.isText).map(\.text)
    }

    /// Whether a delimiter is the last one: two dashes, then nothing, a space or a new line.
    private static func isEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: "--".utf8) && (bytes.dropFirst(2).first.map { " \t\r".utf8.contains($0) } ?? true)
    }

    private static func boundary(_ contentType: String) -> String? {
        let type = HeaderParameters(contentType)
        guard type.value == "multipart/form-data", let boundary = type["boundary"] else { return nil }
        return (1...70).contains(boundary.utf8.count) ? boundary : nil
    }

    /// A part's `Content-Disposition`. A line that begins with space goes on with the one before it.
    private static func disposition(_ header: String) -> HeaderParameters? {
        let unfolded = header.replacing("\r\n ", with: " ").replacing("\r\n\t", with: " ")
        for line in unfolded.split(separator: "\r\n") {
            let name = line.prefix { $0 != ":" }
            guard name.lowercased().trimmingCharacters(in: .whitespaces) == "content-disposition" else { continue }
            return HeaderParameters(line.dropFirst(name.count + 1))
        }
        return nil
    }

    /// Where a pattern begins, without overlaps.
    private static func places(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
        var places: [Int] = []
        var index = 0
        guard let first = pattern.first else { return [] }
        while index + pattern.count <= bytes.count {
            if bytes[index] == first, bytes[index..<index + pattern.count].elementsEqual(pattern) {
                places.append(index)
                index += pattern.count
            } else {
                index += 1
            }
        }
        return places
    }
}
