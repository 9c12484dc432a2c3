/// SentencePiece's precompiled normaliser rules: a double-array trie (darts-clone) of what is replaced, and the
/// replacements one after another, each ended by a zero byte.
///
/// Every index that the file gives is checked where it is used, so a damaged map gives odd text but nothing worse.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// No rule is longer, nor its replacement; a damaged trie could go on for as long as the text does.
    private static let longestRuleByteCount = 256

    /// A map without rules.
    init() { self.init(units: [], replacements: []) }

    /// What is wrong with a map.
    struct Fault: Error {
        let reason: String
    }

    /// - Throws: ``Fault`` when the trie does not fit into the bytes.
    init(_ bytes: [UInt8]) throws(Fault) {
        guard !bytes.isEmpty else {
            self = CharacterMap()
            return
        }
        func number(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count >= 4 else { throw Fault(reason: "\(bytes.count) bytes are no map") }
        let trieByteCount = Int(number(0))
        guard trieByteCount % 4 == 0, trieByteCount > 0, trieByteCount <= bytes.count - 4 else {
            throw Fault(reason: "a trie of \(trieByteCount) bytes in a map of \(bytes.count)")
        }
        let replacements = Array(bytes[(4 + trieByteCount)...])
        // Every replacement ends with a zero; without one, each character of a text would become all that follows.
        let longest = replacements.split(separator: 0, omittingEmptySubsequences: true).map(\.count).max() ?? 0
        guard replacements.last ?? 0 == 0, longest <= Self.longestRuleByteCount else {
            throw Fault(
                reason: "a replacement of \(longest) bytes, or one without its end; the limit is "
                    + "\(Self.longestRuleByteCount)")
        }
        self = CharacterMap(
            units: stride(from: 4, to: 4 + trieByteCount, by: 4).map(number), replacements: replacements)
    }

    private init(units: [UInt32], replacements: [UInt8]) {
        self.units = units
        self.replacements = replacements
    }

    /// The longest rule at `index` of `text`: where its replacement is, and how many bytes it replaces.
    func longestRule(in text: Span<UInt8>, at index: Int) -> (replacement: Range<Int>, byteCount: Int)? {
        guard let root = units.first else { return nil }
        var node = Self.offset(root)
        var found: (start: Int, byteCount: Int)?
        for place in index..<min(text.count, index + Self.longestRuleByteCount) {
            node ^= Int(text[place])
            guard node < units.count else { break }
            let unit = units[node]
            // The label, with the bit that is only set where a value stands.
            guard unit & 0x8000_00FF == UInt32(text[place]) else { break }
            node ^= Self.offset(unit)
            if unit >> 8 & 1 != 0, node < units.count {
                found = (Int(units[node] & 0x7FFF_FFFF), place + 1 - index)
            }
        }
        guard let (start, byteCount) = found, start < replacements.count else { return nil }
        let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
        return (start..<end, byteCount)
    }

    /// The bytes of a replacement.
    func replacement(_ range: Range<Int>) -> ArraySlice<UInt8> { replacements[range] }

    private static func offset(_ unit: UInt32) -> Int {
        Int(unit >> 10) << Int((unit & (1 << 9)) >> 6)
    }
}
