/// Byte strings with a number each, walked byte by byte from the root: finds every key that starts at a place of a
/// text.
struct ByteTrie: Sendable {
    /// Edge key: node << 8 | byte, plus 1 so that 0 marks a free slot.
    private var edgeKeys: [UInt64]
    private var edgeTargets: [UInt32]
    /// The number of the key that ends at a node; -1 where none ends.
    private var values: [Int32] = [-1]
    private var edgeCount = 0
    private let seed = ByteHash.seed
    /// Whether a key starts with a byte: most places of most texts need no more than this.
    private var starts = [Bool](repeating: false, count: 256)

    static let root: UInt32 = 0
    /// What a node takes, free slots of the table included.
    static let nodeByteCount = 52

    /// How many nodes there are.
    var nodeCount: Int { values.count }

    init() {
        edgeKeys = [UInt64](repeating: 0, count: 16)
        edgeTargets = [UInt32](repeating: 0, count: 16)
    }

    /// Adds a key. A key that is there already keeps its first number.
    mutating func insert(_ key: some Sequence<UInt8>, value: Int32) {
        var node = Self.root
        for byte in key {
            if node == Self.root { starts[Int(byte)] = true }
            if let next = child(of: node, byte) {
                node = next
            } else {
                let next = UInt32(values.count)
                values.append(-1)
                addEdge(node, byte, next)
                node = next
            }
        }
        if values[Int(node)] < 0 { values[Int(node)] = value }
    }

    /// Whether some key starts with `byte`.
    @inline(__always)
    func hasKey(startingWith byte: UInt8) -> Bool { starts[Int(byte)] }

    /// The node reached from `node` over `byte`.
    @inline(__always)
    func child(of node: UInt32, _ byte: UInt8) -> UInt32? {
        let key = (UInt64(node) << 8 | UInt64(byte)) + 1
        var slot = slot(of: key)
        while edgeKeys[slot] != 0 {
            if edgeKeys[slot] == key { return edgeTargets[slot] }
            slot = (slot + 1) & (edgeKeys.count - 1)
        }
        return nil
    }

    /// The number of the key that ends at `node`, when one does.
    @inline(__always)
    func value(of node: UInt32) -> Int32? {
        let value = values[Int(node)]
        return value < 0 ? nil : value
    }

    /// Every node but the root with the one that it is reached from, and over which byte; nodes of shorter bytes first.
    func edgesByDepth() -> [(parent: UInt32, byte: UInt8, node: UInt32)] {
        var edges = [(parent: UInt32, byte: UInt8, node: UInt32)](repeating: (0, 0, 0), count: nodeCount)
        for (key, target) in zip(edgeKeys, edgeTargets) where key != 0 {
            edges[Int(target)] = (UInt32(truncatingIfNeeded: (key - 1) >> 8), UInt8((key - 1) & 0xFF), target)
        }
        // A node has a higher number than the one that it is reached from.
        var depths = [Int](repeating: 0, count: nodeCount)
        for node in edges.indices.dropFirst() { depths[node] = depths[Int(edges[node].parent)] + 1 }
        var places = [Int](repeating: 0, count: (depths.max() ?? 0) + 2)
        for depth in depths { places[depth + 1] += 1 }
        for depth in 1..<places.count { places[depth] += places[depth - 1] }
        var result = edges
        for (node, depth) in depths.enumerated() {
            result[places[depth]] = edges[node]
            places[depth] += 1
        }
        return Array(result.dropFirst())
    }

    /// The longest key at `index` of `text`.
    func longestMatch(in text: Span<UInt8>, at index: Int, to end: Int) -> (value: Int32, end: Int)? {
        guard index < end, hasKey(startingWith: text[index]) else { return nil }
        var result: (value: Int32, end: Int)?
        var node = Self.root
        var place = index
        while place < end, let next = child(of: node, text[place]) {
            node = next
            place += 1
            if let value = value(of: node) { result = (value, place) }
        }
        return result
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let hash = ByteHash.mix(key ^ seed)
        return Int(truncatingIfNeeded: hash >> 32) & (edgeKeys.count - 1)
    }

    private mutating func addEdge(_ node: UInt32, _ byte: UInt8, _ target: UInt32) {
        if (edgeCount + 1) * 4 > edgeKeys.count * 3 {
            let oldKeys = edgeKeys
            let oldTargets = edgeTargets
            edgeKeys = [UInt64](repeating: 0, count: oldKeys.count * 2)
            edgeTargets = [UInt32](repeating: 0, count: oldKeys.count * 2)
            for (key, target) in zip(oldKeys, oldTargets) where key != 0 { place(key, target) }
        }
        place((UInt64(node) << 8 | UInt64(byte)) + 1, target)
        edgeCount += 1
    }

    private mutating func place(_ key: UInt64, _ target: UInt32) {
        var slot = slot(of: key)
        while edgeKeys[slot] != 0 { slot = (slot + 1) & (edgeKeys.count - 1) }
        edgeKeys[slot] = key
        edgeTargets[slot] = target
    }
}
