/// Changes files at random, from a seed: the same seed gives the same files.
struct Mutator {
    /// What a file is made of.
    enum Syntax {
        case bytes
        case pickle
        case json
        case protobuf
        case yaml
    }

    let syntax: Syntax
    private var state: UInt64

    init(_ syntax: Syntax, seed: UInt64) {
        self.syntax = syntax
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// A number below `limit`.
    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return limit > 0 ? Int(truncatingIfNeeded: (state >> 11) % UInt64(limit)) : 0
    }

    /// A changed copy, with parts of `other` in it.
    mutating func mutated(_ bytes: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<1 + below(4) {
            if syntax == .protobuf, below(3) > 0, let fields = ProtobufTree.parse(result[...]) {
                result = ProtobufTree.encode(changed(fields))
            } else {
                change(&result, other)
            }
        }
        return result
    }

    private static let numbers: [UInt64] = [
        0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 62, .max >> 1, 1 << 63, .max,
    ]
    private static let jsonPieces = [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "99999999999999999999", "\\u", "e", "\"Ġ\"", "[[[[",
        "1e999", "{\"a\":", "(", "|", "*", "+?", "{1,999}", "[^", "\\\\p{L}", "(?=", "(?i)", "\"type\":\"Sequence\"",
    ]
    private static let yamlPieces = [
        ": ", "- ", "\n  ", "[", "]", "{", "}", "#", "'", "\"", "&a ", "*a", "|", "\u{FEFF}", "\t",
    ]
    /// Opcodes that make or use things.
    private static let opcodes: [UInt8] =
        Array("()]}tdusaeRbQ02h.qjKMXNc".utf8) + [0x81, 0x85, 0x86, 0x87, 0x88, 0x8a, 0x92, 0x93, 0x94]

    private mutating func pieces() -> [UInt8]? {
        switch syntax {
        case .json: Array(Self.jsonPieces[below(Self.jsonPieces.count)].utf8)
        case .yaml: Array(Self.yamlPieces[below(Self.yamlPieces.count)].utf8)
        case .pickle: (0..<1 + below(3)).map { _ in Self.opcodes[below(Self.opcodes.count)] }
        case .bytes, .protobuf: nil
        }
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = below(4) == 0 ? below(min(200, bytes.count)) : below(bytes.count)
        switch below(9) {
        case 0: if below(4) == 0 { bytes.removeLast(bytes.count - place) }
        case 1: bytes[place] ^= 1 << UInt8(below(8))
        case 2: bytes[place] = UInt8(below(256))
        case 3: bytes.removeSubrange(place..<min(place + 1 + below(16), bytes.count))
        case 4:
            let from = below(bytes.count)
            bytes.insert(contentsOf: bytes[from..<min(from + 1 + below(60), bytes.count)], at: place)
        case 5 where !other.isEmpty:
            let from = below(other.count)
            bytes.insert(contentsOf: other[from..<min(from + 1 + below(60), other.count)], at: place)
        case 6, 7:
            if let piece = pieces() { bytes.insert(contentsOf: piece, at: place) }
        default:
            let number = Self.numbers[below(Self.numbers.count)]
            for index in 0..<[1, 2, 4, 8][below(4)] where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
            }
        }
        // A part many times over, now and then.
        if below(64) == 0, bytes.count < 100_000 {
            let from = below(bytes.count)
            let part = Array(bytes[from..<min(from + 1 + below(40), bytes.count)])
            for _ in 0..<below(1000) { bytes.insert(contentsOf: part, at: from) }
        }
    }

    private mutating func changed(_ fields: [ProtobufTree]) -> [ProtobufTree] {
        guard !fields.isEmpty else { return fields }
        var fields = fields
        let place = below(fields.count)
        switch (fields[place], below(8)) {
        case (_, 0): fields.remove(at: place)
        case (_, 1): fields.insert(fields[place], at: below(fields.count))
        case (_, 2): fields.swapAt(place, below(fields.count))
        case (.message(let tag, let inner), 3): fields[place] = .message(tag: tag, [.message(tag: tag, inner)])
        case (.message(let tag, let inner), _): fields[place] = .message(tag: tag, changed(inner))
        case (.varint(let tag, _), _): fields[place] = .varint(tag: tag, Self.numbers[below(Self.numbers.count)])
        case (.bytes(let tag, var bytes), _):
            change(&bytes, [])
            fields[place] = .bytes(tag: tag, bytes)
        case (.fixed(let tag, var bytes), _):
            bytes[below(bytes.count)] = UInt8(below(256))
            fields[place] = .fixed(tag: tag, bytes)
        }
        return fields
    }
}
