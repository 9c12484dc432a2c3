/// The code lengths that zlib gives to symbols of known frequencies. Trees of the same cost differ in their lengths,
/// and the lengths are part of the stream, so that ties are broken as zlib breaks them: by the depth of the subtrees,
/// in the order of a binary heap.
struct HuffmanTree {
    var frequencies: [Int]
    /// Bits after each symbol's code.
    let extraBits: [Int]
    /// Bits of each symbol's code, after ``build()``.
    private(set) var lengths: [Int]
    private let lengthLimit: Int

    private var depths: [Int]
    /// `heap[0]` is not used.
    private var heap = [0]

    init(symbolCount: Int, lengthLimit: Int, extraBits: [Int]) {
        frequencies = Array(repeating: 0, count: symbolCount)
        lengths = frequencies
        depths = frequencies
        self.lengthLimit = lengthLimit
        self.extraBits = extraBits
    }

    /// The lengths up to that of the last symbol with a code.
    var usedLengths: ArraySlice<Int> { lengths[...(lengths.lastIndex { $0 > 0 } ?? 0)] }

    /// Chooses the lengths.
    ///
    /// - Returns: bits that all symbols take, with their extra bits.
    mutating func build() -> Int {
        let symbolCount = frequencies.count
        var nodes = frequencies
        heap += frequencies.indices.filter { frequencies[$0] > 0 }
        var last = heap.count > 1 ? heap[heap.count - 1] : -1
        // There are at least two codes.
        while heap.count < 3 {
            let symbol = last < 2 ? last + 1 : 0
            last = max(last, symbol)
            nodes[symbol] = 1
            heap.append(symbol)
        }
        for place in stride(from: (heap.count - 1) / 2, through: 1, by: -1) { sink(place, nodes) }
        var parents = Array(repeating: 0, count: symbolCount)
        // Leaves and inner nodes, from the rarest to the root.
        var order: [Int] = []
        while heap.count > 2 {
            let rarest = heap[1]
            heap[1] = heap[heap.count - 1]
            heap.removeLast()
            sink(1, nodes)
            let next = heap[1]
            order += [rarest, next]
            let parent = nodes.count
            nodes.append(nodes[rarest] + nodes[next])
            depths.append(max(depths[rarest], depths[next]) + 1)
            parents.append(0)
            parents[rarest] = parent
            parents[next] = parent
            heap[1] = parent
            sink(1, nodes)
        }
        order.append(heap[1])
        chooseLengths(order, parents, symbolCount: symbolCount)
        return zip(frequencies.indices, frequencies).reduce(0) { sum, symbol in
            sum + symbol.1 * (lengths[symbol.0] + extraBits[symbol.0])
        }
    }

    private func precedes(_ a: Int, _ b: Int, _ nodes: [Int]) -> Bool {
        nodes[a] < nodes[b] || (nodes[a] == nodes[b] && depths[a] <= depths[b])
    }

    private mutating func sink(_ start: Int, _ nodes: [Int]) {
        let node = heap[start]
        var (place, child) = (start, start * 2)
        while child < heap.count {
            if child + 1 < heap.count, precedes(heap[child + 1], heap[child], nodes) { child += 1 }
            if precedes(node, heap[child], nodes) { break }
            heap[place] = heap[child]
            place = child
            child *= 2
        }
        heap[place] = node
    }

    private mutating func chooseLengths(_ order: [Int], _ parents: [Int], symbolCount: Int) {
        var levels = Array(repeating: 0, count: parents.count)
        var counts = Array(repeating: 0, count: lengthLimit + 1)
        var overflow = 0
        for node in order.reversed().dropFirst() {
            levels[node] = levels[parents[node]] + 1
            if levels[node] > lengthLimit {
                levels[node] = lengthLimit
                overflow += 1
            }
            if node < symbolCount { counts[levels[node]] += 1 }
        }
        lengths = Array(levels.prefix(symbolCount))
        guard overflow > 0 else { return }
        while overflow > 0 {
            var bits = lengthLimit - 1
            while counts[bits] == 0 { bits -= 1 }
            counts[bits] -= 1
            counts[bits + 1] += 2
            counts[lengthLimit] -= 1
            overflow -= 2
        }
        var leaves = order.filter { $0 < symbolCount }[...]
        for bits in stride(from: lengthLimit, through: 1, by: -1) {
            for leaf in leaves.prefix(counts[bits]) { lengths[leaf] = bits }
            leaves = leaves.dropFirst(counts[bits])
        }
    }

    /// Counts the symbols that describe code lengths, runs of them taken together.
    mutating func addRuns(of lengths: ArraySlice<Int>) {
        var before = -1
        var index = lengths.startIndex
        while index < lengths.endIndex {
            let length = lengths[index]
            // The first of a run of equal lengths other than zero is written as it is.
            let limit = length == 0 ? 138 : length == before ? 6 : 7
            var end = index
            while end < lengths.endIndex, end - index < limit, lengths[end] == length { end += 1 }
            let count = end - index
            if count < (length == 0 || length == before ? 3 : 4) {
                frequencies[length] += count
            } else if length != 0 {
                if length != before { frequencies[length] += 1 }
                frequencies[16] += 1
            } else {
                frequencies[count <= 10 ? 17 : 18] += 1
            }
            before = length
            index = end
        }
    }
}
