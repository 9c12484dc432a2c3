extension BLASEngine {
    /// Queries are taken in blocks, so that the scores of a block stay in cache and memory does not grow with the square
    /// of the length.
    private static var queryBlockCount: Int { 128 }

    public func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        geometry.require(queries: queries.count, keys: keys.count, values: values.count, result: y.count)
        guard geometry.queryCount > 0 else { return }
        let blockCount = min(Self.queryBlockCount, geometry.queryCount)
        unsafe queries.withUnsafeBufferPointer { q in
            unsafe keys.withUnsafeBufferPointer { k in
                unsafe values.withUnsafeBufferPointer { v in
                    unsafe y.withUnsafeMutableBufferPointer { y in
                        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: blockCount * geometry.keyCount) {
                            scores in
                            guard let q = q.baseAddress, let k = k.baseAddress, let v = v.baseAddress,
                                let y = y.baseAddress, let scores = scores.baseAddress
                            else { return }
                            for head in 0..<geometry.headCount {
                                for start in stride(from: 0, to: geometry.queryCount, by: blockCount) {
                                    let block = start..<min(start + blockCount, geometry.queryCount)
                                    unsafe attendBlock(q, k, v, geometry, head: head, block: block, scores, into: y)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @unsafe
    private func attendBlock(
        _ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ geometry: AttentionGeometry,
        head: Int, block: Range<Int>, _ scores: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        let group = head / (geometry.headCount / geometry.groupCount) * geometry.keyHeadStride
        let visible = geometry.visibleKeyCount(forQuery: block.upperBound - 1)
        let width = geometry.headCount * geometry.headWidth
        let target = unsafe y + block.lowerBound * width + head * geometry.headWidth
        guard visible > 0 else {
            for row in 0..<block.count { unsafe (target + row * width).update(repeating: 0, count: geometry.headWidth) }
            return
        }
        unsafe CBLAS.multiply(
            m: block.count, n: visible, k: geometry.headWidth, alpha: geometry.scale,
            StridedMatrix(
                base: q + block.lowerBound * geometry.queryTimeStride + head * geometry.queryHeadStride,
                rowStride: geometry.queryTimeStride),
            StridedMatrix(base: k + group, rowStride: geometry.keyTimeStride), transposingB: true, beta: 0, scores,
            rowStride: visible)
        for row in 0..<block.count {
            let seen = geometry.visibleKeyCount(forQuery: block.lowerBound + row)
            let line = unsafe scores + row * visible
            unsafe Self.softmax(line, count: seen)
            unsafe (line + seen).update(repeating: 0, count: visible - seen)
        }
        unsafe CBLAS.multiply(
            m: block.count, n: geometry.headWidth, k: visible, alpha: 1,
            StridedMatrix(base: scores, rowStride: visible),
            StridedMatrix(base: v + group, rowStride: geometry.keyTimeStride), transposingB: false, beta: 0, target,
            rowStride: width)
    }

    @unsafe
    private static func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) {
        var largest = -Float.infinity
        for i in 0..<count { largest = unsafe max(largest, x[i]) }
        var total: Float = 0
        for i in 0..<count {
            unsafe x[i] = ScalarMath.exp(x[i] - largest)
            unsafe total += x[i]
        }
        let scale = 1 / total
        for i in 0..<count { unsafe x[i] *= scale }
    }
}
