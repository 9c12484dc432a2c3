/// Finds, for every place of a text, the longest of some keys that starts there.
///
/// This is the automaton of Aho and Corasick over the keys read backwards, which goes through a text once, from its end
/// to its start. So the time is that of the text, however long and however alike the keys are; to look for keys from
/// each place anew would take the length of the text times that of the keys.
struct KeySearch: Sendable {
    /// A key at a place.
    struct Match {
        /// The number of the key.
        let key: Int
        let range: Range<Int>
    }

    /// The keys read backwards.
    private var trie = ByteTrie()
    private let byteCounts: [Int]
    /// For each node of the tree the longest one that is the end of the same bytes.
    private var fallbacks: [UInt32]
    /// For each node the longest key whose bytes, read backwards, end there; -1 for none.
    private var longestKeys: [Int32]

    /// What a node takes.
    static let nodeByteCount = ByteTrie.nodeByteCount + 8

    /// Takes keys in the order of their numbers; of two that are equal the first is found, an empty one never.
    init(_ keys: [[UInt8]]) {
        byteCounts = keys.map(\.count)
        for (number, key) in keys.enumerated() where !key.isEmpty {
            trie.insert(key.reversed(), value: Int32(number))
        }
        fallbacks = [UInt32](repeating: ByteTrie.root, count: trie.nodeCount)
        longestKeys = [Int32](repeating: -1, count: trie.nodeCount)
        for (parent, byte, node) in trie.edgesByDepth() {
            if parent != ByteTrie.root { fallbacks[Int(node)] = step(from: fallbacks[Int(parent)], byte) }
            longestKeys[Int(node)] = trie.value(of: node) ?? longestKeys[Int(fallbacks[Int(node)])]
        }
    }

    /// The node of the longest bytes that a key ends with, read backwards, when `byte` comes behind those of `node`.
    @inline(__always)
    private func step(from node: UInt32, _ byte: UInt8) -> UInt32 {
        var node = node
        while true {
            if let next = trie.child(of: node, byte) { return next }
            if node == ByteTrie.root { return node }
            node = fallbacks[Int(node)]
        }
    }

    /// The longest key at each place of `text[range]` that has one, the last place first. The keys may overlap.
    func matches(in text: Span<UInt8>, _ range: Range<Int>) -> [Match] {
        var matches: [Match] = []
        var node = ByteTrie.root
        for place in range.reversed() {
            let byte = text[place]
            if node == ByteTrie.root, !trie.hasKey(startingWith: byte) { continue }
            node = step(from: node, byte)
            let key = longestKeys[Int(node)]
            if key >= 0 { matches.append(Match(key: Int(key), range: place..<place + byteCounts[Int(key)])) }
        }
        return matches
    }
}
