/// A message of Protocol Buffers as a tree, so that a change in it leaves the lengths around it right.
indirect enum ProtobufTree {
    /// A tag with its number, and what follows it.
    case varint(tag: UInt64, UInt64)
    case fixed(tag: UInt64, [UInt8])
    case bytes(tag: UInt64, [UInt8])
    case message(tag: UInt64, [ProtobufTree])

    /// The fields of `bytes`; `nil` when they are no message.
    static func parse(_ bytes: ArraySlice<UInt8>, depth: Int = 0) -> [ProtobufTree]? {
        guard depth < 12 else { return nil }
        var rest = bytes
        var fields: [ProtobufTree] = []
        while !rest.isEmpty {
            guard let tag = varint(&rest), tag >> 3 > 0, tag >> 3 < 64 else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = varint(&rest) else { return nil }
                fields.append(.varint(tag: tag, value))
            case 1, 5:
                let count = tag & 7 == 1 ? 8 : 4
                guard rest.count >= count else { return nil }
                fields.append(.fixed(tag: tag, Array(rest.prefix(count))))
                rest = rest.dropFirst(count)
            case 2:
                guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
                let inner = rest.prefix(Int(count))
                rest = rest.dropFirst(Int(count))
                if count > 1, count < 1 << 20, let fields2 = parse(inner, depth: depth + 1) {
                    fields.append(.message(tag: tag, fields2))
                } else {
                    fields.append(.bytes(tag: tag, Array(inner)))
                }
            default: return nil
            }
        }
        return fields
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
        }
        return nil
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value >= 128 {
            bytes.append(UInt8(value & 127) | 128)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    static func encode(_ fields: [ProtobufTree]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            switch field {
            case .varint(let tag, let value):
                append(tag, to: &bytes)
                append(value, to: &bytes)
            case .fixed(let tag, let value):
                append(tag, to: &bytes)
                bytes += value
            case .bytes(let tag, let value):
                append(tag, to: &bytes)
                append(UInt64(value.count), to: &bytes)
                bytes += value
            case .message(let tag, let inner):
                let value = encode(inner)
                append(tag, to: &bytes)
                append(UInt64(value.count), to: &bytes)
                bytes += value
            }
        }
        return bytes
    }
}

/// A Silero file with its large tensors cut off: what a fuzzer changes is then the graph, not numbers.
enum ShrunkONNX {
    static func file(_ bytes: [UInt8]) -> [UInt8] {
        guard let tree = ProtobufTree.parse(bytes[...]) else { return bytes }
        return ProtobufTree.encode(tree.map(shrunk))
    }

    private static func shrunk(_ field: ProtobufTree) -> ProtobufTree {
        switch field {
        case .message(let tag, let fields): .message(tag: tag, fields.map(shrunk))
        case .bytes(let tag, let bytes) where bytes.count > 512: .bytes(tag: tag, Array(bytes.prefix(64)))
        default: field
        }
    }
}
