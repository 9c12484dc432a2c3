import Testing

/// Bytes that a log of tests shows by their number, for arguments of megabytes.
struct PrintedByCount: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var testDescription: String { "\(bytes.count) bytes" }
}
