extension BLASEngine {
    public func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        geometry.require(queries: queries.count, keys: keys.count, values: values.count, result: y.count)
        guard geometry.queryCount > 0 else { return }
        // A decoding step is over before another thread has woken.
        let isLarge = geometry.queryCount * geometry.keyCount * geometry.headWidth >= 1 << 20
        let workerCount = isLarge ? min(CBLAS.threadCount, geometry.headCount) : 1
        unsafe queries.withUnsafeBufferPointer { q in
            unsafe keys.withUnsafeBufferPointer { k in
                unsafe values.withUnsafeBufferPointer { v in
                    unsafe y.withUnsafeMutableBufferPointer { y in
                        guard let q = q.baseAddress, let k = k.baseAddress, let v = v.baseAddress,
                            let y = y.baseAddress
                        else { return }
                        let call = unsafe AttentionCall(q: q, k: k, v: v, y: y, geometry: geometry)
                        CBLAS.concurrently(workerCount: workerCount) { worker in
                            for head in stride(from: worker, to: geometry.headCount, by: workerCount) {
                                unsafe call.attend(head: head)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The operands of one call, as its workers see them.
///
/// `@unchecked Sendable` is sound because the operands outlive the call, `q`, `k` and `v` are only read, and each
/// worker writes the columns of its own heads of `y`.
@unsafe
private struct AttentionCall: @unchecked Sendable {
    let q: UnsafePointer<Float>
    let k: UnsafePointer<Float>
    let v: UnsafePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let geometry: AttentionGeometry

    /// Queries are taken in blocks, so that the scores of a block stay in cache and memory does not grow with the
    /// square of the length.
    private static var queryBlockCount: Int { 128 }

    func attend(head: Int) {
        let blockCount = unsafe min(Self.queryBlockCount, geometry.queryCount)
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: blockCount * (geometry.keyCount + 1)) { scores in
            guard let scores = scores.baseAddress else { return }
            for start in unsafe stride(from: 0, to: geometry.queryCount, by: blockCount) {
                let block = unsafe start..<min(start + blockCount, geometry.queryCount)
                unsafe attend(head: head, block: block, scores)
            }
        }
    }

    private func attend(head: Int, block: Range<Int>, _ scores: UnsafeMutablePointer<Float>) {
        let geometry = unsafe geometry
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
        let sums = unsafe scores + block.count * visible
        for row in 0..<block.count {
            let seen = geometry.visibleKeyCount(forQuery: block.lowerBound + row)
            let line = unsafe scores + row * visible
            // Divided by their sum at the end, where there are fewer numbers.
            unsafe sums[row] = seen > 0 ? BLASEngine.exponentials(line, count: seen) : 1
            unsafe (line + seen).update(repeating: 0, count: visible - seen)
        }
        unsafe CBLAS.multiply(
            m: block.count, n: geometry.headWidth, k: visible, alpha: 1,
            StridedMatrix(base: scores, rowStride: visible),
            StridedMatrix(base: v + group, rowStride: geometry.keyTimeStride), transposingB: false, beta: 0, target,
            rowStride: width)
        for row in 0..<block.count {
            let scale = unsafe 1 / sums[row]
            let line = unsafe target + row * width
            for i in 0..<geometry.headWidth { unsafe line[i] *= scale }
        }
    }
}
