/// Keys and values that many calls of attention read, such as those of an utterance in a decoder's cross-attention.
/// Those of each head lie in one piece: as floats, or in bfloat16 where weights are less precise than floats, because a
/// single query computes little and waits for memory.
package struct AttentionMemory: Sendable {
    private enum Storage {
        case floats(keys: Tensor<Float>, values: Tensor<Float>)
        case bfloat16(keys: Tensor<UInt16>, values: Tensor<UInt16>)
    }

    private let storage: Storage
    package let keyCount: Int
    private let headCount: Int
    private let headWidth: Int
    private let precision: WeightPrecision

    /// - Parameters:
    ///   - keys: `[T, headCount · headWidth]`, as `values`.
    ///   - precision: that of the model's weights.
    package init(keys: Tensor<Float>, values: Tensor<Float>, headCount: Int, precision: WeightPrecision) {
        precondition(
            keys.shape == values.shape && keys.shape.rank == 2 && keys.shape[1] % headCount == 0,
            "keys \(keys.shape) and values \(values.shape) of \(headCount) heads")
        keyCount = keys.shape[0]
        self.headCount = headCount
        headWidth = keys.shape[1] / headCount
        self.precision = precision
        if precision == .float32 {
            storage = .floats(
                keys: keys.splitIntoHeads(headCount) { $0 }, values: values.splitIntoHeads(headCount) { $0 })
        } else {
            storage = .bfloat16(
                keys: keys.splitIntoHeads(headCount, NarrowFloat.narrowToBrain),
                values: values.splitIntoHeads(headCount, NarrowFloat.narrowToBrain))
        }
    }

    /// Softmax attention of each query to all keys. `queries` and `y` `[N, headCount · headWidth]`.
    package func attend(_ queries: Span<Float>, using engine: any ComputeEngine, into y: inout MutableSpan<Float>) {
        var geometry = AttentionGeometry.dense(
            queryCount: queries.count / (headCount * headWidth), keyCount: keyCount, headCount: headCount,
            headWidth: headWidth)
        geometry.keyTimeStride = headWidth
        geometry.keyHeadStride = keyCount * headWidth
        geometry.precision = precision
        switch storage {
        case .floats(let keys, let values):
            engine.attend(queries, keys: keys.span, values: values.span, geometry, into: &y)
        case .bfloat16(let keys, let values):
            engine.attend(queries, bfloat16Keys: keys.span, values: values.span, geometry, into: &y)
        }
    }

    /// The keys of one head, `[T, headWidth]`.
    package func keys(ofHead head: Int) -> [Float] {
        let range = head * keyCount * headWidth..<(head + 1) * keyCount * headWidth
        switch storage {
        case .floats(let keys, _):
            let span = keys.span
            return range.map { span[$0] }
        case .bfloat16(let keys, _):
            let span = keys.span
            return range.map { NarrowFloat.widenBrain(span[$0]) }
        }
    }
}

extension Tensor<Float> {
    /// Rows `[T, heads · w]` as `[heads, T, w]`, each element as `convert` stores it.
    @inline(__always)
    fileprivate func splitIntoHeads<Stored: TensorScalar>(
        _ headCount: Int, _ convert: (Float) -> Stored
    ) -> Tensor<Stored> {
        let (rowCount, width) = (shape[0], shape[1])
        let headWidth = width / headCount
        return unsafe Tensor<Stored>(shape: [headCount, rowCount, headWidth]) { heads in
            unsafe span.withUnsafeBufferPointer { rows in
                guard let source = rows.baseAddress, let target = heads.baseAddress else { return }
                for head in 0..<headCount {
                    for row in 0..<rowCount {
                        let from = unsafe source + row * width + head * headWidth
                        let to = unsafe target + (head * rowCount + row) * headWidth
                        for i in 0..<headWidth { unsafe (to + i).initialize(to: convert(from[i])) }
                    }
                }
            }
        }
    }
}
