import OmniTensor

/// What the blocks of a decoder remember of the positions of one sequence: keys and values, one head for each group.
///
/// A reference, because a copy by accident would cost megabytes: 24 KB a position in the released model, 50 MB at its
/// full length. Its memory grows with the positions, by half of what there is, and is reused after ``rewind(to:)``.
/// ``fork()`` is a second sequence with the same past; each layer is copied when one of the two goes on. Belongs to one
/// task at a time. When a sequence is over, release its cache; caches are never cleared.
public final class KVCache {
    /// Positions remembered: the next one's index.
    public private(set) var position = 0

    // One pair for each block, those of the post-adapter last. `[position, G · headWidth]`.
    private var keys: [RowBuffer]
    private var values: [RowBuffer]

    init(layerCount: Int, width: Int) {
        keys = Array(repeating: RowBuffer(width: width), count: layerCount)
        values = keys
    }

    private init(_ other: KVCache) {
        position = other.position
        keys = other.keys
        values = other.values
    }

    /// A second sequence with the same past.
    public func fork() -> KVCache { KVCache(self) }

    /// Forgets all positions from `position` on.
    ///
    /// - Precondition: not beyond ``position``.
    public func rewind(to position: Int) {
        precondition(position >= 0 && position <= self.position, "position \(position) of \(self.position)")
        for layer in keys.indices {
            keys[layer].removeLast(self.position - position)
            values[layer].removeLast(self.position - position)
        }
        self.position = position
    }

    /// Remembers the key and value of one more position of a layer. `key`, `value` `[G · headWidth]`.
    func append(key: Span<Float>, value: Span<Float>, layer: Int) {
        keys[layer].append(key)
        values[layer].append(value)
    }

    /// Counts positions that all layers have remembered.
    func advance(by count: Int) { position += count }

    /// Keys and values of a layer, those just appended included.
    func withLayer(_ layer: Int, _ body: (_ keys: Span<Float>, _ values: Span<Float>) -> Void) {
        let (keys, values) = (keys[layer], values[layer])
        body(keys.span, values.span)
    }
}
