/// The shapes and strides of one attention call.
///
/// Query `(t, h)` of `headWidth` elements starts at `t · queryTimeStride + h · queryHeadStride`; key and value
/// `(t, g)` at `t · keyTimeStride + g · keyHeadStride`, where head `h` reads group
/// `g = h / (headCount / groupCount)`. The result is dense, `[queryCount, headCount · headWidth]`.
public struct AttentionGeometry: Sendable, Hashable {
    /// Positions that ask.
    public var queryCount: Int
    /// Positions that can be asked.
    public var keyCount: Int
    /// Query heads.
    public var headCount: Int
    /// Key and value heads; divides `headCount`. Equal to it in plain attention, 1 in multi-query attention.
    public var groupCount: Int
    /// Elements of a head.
    public var headWidth: Int
    /// Multiplies the scores before the softmax.
    public var scale: Float
    /// Query `t` sees keys `0 ... t + offset`; `nil` lets it see all.
    public var causalOffset: Int?
    /// Elements between the same head of two neighbouring queries.
    public var queryTimeStride: Int
    /// Elements between two heads of one query.
    public var queryHeadStride: Int
    /// Elements between the same group of two neighbouring keys; values lie alike.
    public var keyTimeStride: Int
    /// Elements between two groups of one key; values lie alike.
    public var keyHeadStride: Int
    /// How precisely the operands need to be kept. Anything but ``WeightPrecision/float32`` lets an engine round
    /// queries, keys, values and the softmax to bfloat16 or to integers of 16 bits when there are many queries; sums
    /// lose nothing more.
    public var precision = WeightPrecision.float32

    /// Takes every number as it is.
    public init(
        queryCount: Int, keyCount: Int, headCount: Int, groupCount: Int, headWidth: Int, scale: Float,
        causalOffset: Int?, queryTimeStride: Int, queryHeadStride: Int, keyTimeStride: Int, keyHeadStride: Int
    ) {
        precondition(
            groupCount > 0 && headCount % groupCount == 0, "\(headCount) heads cannot share \(groupCount) groups")
        self.queryCount = queryCount
        self.keyCount = keyCount
        self.headCount = headCount
        self.groupCount = groupCount
        self.headWidth = headWidth
        self.scale = scale
        self.causalOffset = causalOffset
        self.queryTimeStride = queryTimeStride
        self.queryHeadStride = queryHeadStride
        self.keyTimeStride = keyTimeStride
        self.keyHeadStride = keyHeadStride
    }

    /// Plain attention over `[T, headCount · headWidth]` arrays, scaled by `1 / √headWidth`.
    public static func dense(queryCount: Int, keyCount: Int, headCount: Int, headWidth: Int) -> AttentionGeometry {
        let width = headCount * headWidth
        return AttentionGeometry(
            queryCount: queryCount, keyCount: keyCount, headCount: headCount, groupCount: headCount,
            headWidth: headWidth, scale: 1 / Float(headWidth).squareRoot(), causalOffset: nil,
            queryTimeStride: width, queryHeadStride: headWidth, keyTimeStride: width, keyHeadStride: headWidth)
    }

    /// How many of the keys query `index` sees.
    public func visibleKeyCount(forQuery index: Int) -> Int {
        guard let causalOffset else { return keyCount }
        return max(0, min(keyCount, index + causalOffset + 1))
    }

    /// Traps unless every span is long enough.
    func require(queries: Int, keys: Int, values: Int, result: Int) {
        func end(_ count: Int, _ timeStride: Int, _ heads: Int, _ headStride: Int) -> Int {
            count == 0 ? 0 : (count - 1) * timeStride + (heads - 1) * headStride + headWidth
        }
        let needed = end(keyCount, keyTimeStride, groupCount, keyHeadStride)
        precondition(
            queries >= end(queryCount, queryTimeStride, headCount, queryHeadStride), "\(queries) query elements")
        precondition(keys >= needed && values >= needed, "\(keys) key and \(values) value elements for \(needed)")
        precondition(
            result == queryCount * headCount * headWidth, "\(result) elements for \(queryCount) results")
    }
}
