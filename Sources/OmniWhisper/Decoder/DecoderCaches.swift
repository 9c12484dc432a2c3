import OmniTensor

/// The keys and values that a decoder's self-attention keeps, for each row of a batch: hypotheses of one utterance,
/// several utterances, or both.
///
/// A row's memory is shared with the row that it was made from until one of the two goes on, so that
/// ``reorder(_:)`` copies only the rows that a beam search continues twice.
struct SelfAttentionCache: Sendable {
    /// Positions in the cache: the next one's index.
    private(set) var position = 0
    private var rows: [Row]
    private let layerCount: Int

    private struct Row {
        // One for each layer, `[position, D]`.
        var keys: [RowBuffer]
        var values: [RowBuffer]
    }

    init(layerCount: Int, width: Int, rowCount: Int) {
        let empty = Array(repeating: RowBuffer(width: width), count: layerCount)
        rows = Array(repeating: Row(keys: empty, values: empty), count: rowCount)
        self.layerCount = layerCount
    }

    var rowCount: Int { rows.count }

    /// Row `i` goes on from what row `sources[i]` was.
    mutating func reorder(_ sources: [Int]) {
        guard sources != Array(rows.indices) else { return }
        rows = sources.map { rows[$0] }
    }

    /// Appends the next positions of a row in a layer. `keys`, `values` `[n, D]`.
    mutating func append(keys: Span<Float>, values: Span<Float>, row: Int, layer: Int) {
        rows[row].keys[layer].append(keys)
        rows[row].values[layer].append(values)
    }

    /// Counts positions that all layers and rows have.
    mutating func advance(by count: Int) { position += count }

    /// Keys and values of a row in a layer, those just appended included.
    func withLayer(_ layer: Int, row: Int, _ body: (_ keys: Span<Float>, _ values: Span<Float>) -> Void) {
        let (keys, values) = (rows[row].keys[layer], rows[row].values[layer])
        body(keys.span, values.span)
    }
}

/// The keys and values that a decoder's cross-attention reads from one utterance: computed once, read in every step.
/// 37 MB in the base model and 110 MB in small, half of that where weights are less precise than floats.
struct CrossAttentionCache: Sendable {
    /// One for each layer.
    let layers: [AttentionMemory]

    /// Positions of the encoder.
    var positionCount: Int { layers.first?.keyCount ?? 0 }
}
