/// Reads the wire format of Protocol Buffers: fields with a number each, front to back. Every length is checked against
/// the bytes that are there before anything is made of it.
package struct ProtobufReader {
    /// Bytes that are no message of Protocol Buffers.
    package struct Fault: Error {
        /// What is wrong and at which byte of the file.
        package let reason: String

        /// Collects the facts.
        package init(_ reason: String) { self.reason = reason }
    }

    /// A field: what it holds, or where.
    package enum Field {
        case varint(number: Int, value: UInt64)
        case fixed32(number: Int, bits: UInt32)
        case fixed64(number: Int, bits: UInt64)
        /// Text, bytes or a message.
        case bytes(number: Int, range: Range<Int>)

        /// The number that the format gives the field.
        package var number: Int {
            switch self {
            case .varint(let number, _), .fixed32(let number, _), .fixed64(let number, _), .bytes(let number, _): number
            }
        }
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// Reads the message that lies in `range` of a file's bytes, or in all of them.
    package init(_ bytes: [UInt8], range: Range<Int>? = nil) {
        self.bytes = bytes
        let range = range ?? 0..<bytes.count
        position = range.lowerBound
        end = range.upperBound
    }

    private func fault(_ reason: String) -> Fault { Fault("\(reason) at byte \(position)") }

    /// The next field; `nil` at the end of the message.
    package mutating func next() throws(Fault) -> Field? {
        guard position < end else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw fault("the field number \(tag >> 3)") }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return .varint(number: number, value: try varint())
        case 1: return .fixed64(number: number, bits: try fixed(byteCount: 8))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - position) else {
                throw fault("a field of \(length) bytes, but \(end - position) are left")
            }
            let range = position..<position + Int(length)
            position = range.upperBound
            return .bytes(number: number, range: range)
        case 5: return .fixed32(number: number, bits: UInt32(truncatingIfNeeded: try fixed(byteCount: 4)))
        default: throw fault("the wire type \(tag & 7)")
        }
    }

    /// The numbers of a repeated field that lie in `range` without tags between them.
    package static func packedVarints(_ bytes: [UInt8], _ range: Range<Int>) throws(Fault) -> [UInt64] {
        var reader = ProtobufReader(bytes, range: range)
        var values: [UInt64] = []
        while reader.position < reader.end { values.append(try reader.varint()) }
        return values
    }

    private mutating func varint() throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw fault("a number without end") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw fault("a number of more than ten bytes")
    }

    private mutating func fixed(byteCount: Int) throws(Fault) -> UInt64 {
        guard end - position >= byteCount else { throw fault("a number without end") }
        defer { position += byteCount }
        return (0..<byteCount).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
    }
}
