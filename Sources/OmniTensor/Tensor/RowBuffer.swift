/// Rows of floats that come at the back and leave at the front: what a streaming layer keeps between two calls, and the
/// scratch that layers hand on to each other.
///
/// Its memory only grows, so in a steady state nothing is allocated. Removing rows at the front moves those that stay:
/// meant for the few rows of context that a convolution keeps.
package struct RowBuffer: Sendable {
    /// Elements in a row.
    package private(set) var width: Int
    /// Rows held.
    package private(set) var rowCount: Int
    private var storage: Tensor<Float>

    /// A buffer that starts with rows of zeros.
    package init(width: Int, zeroRowCount: Int = 0) {
        precondition(width > 0 && zeroRowCount >= 0, "\(zeroRowCount) rows of \(width)")
        self.width = width
        rowCount = zeroRowCount
        storage = Tensor(zeros: [zeroRowCount * width])
    }

    /// Elements held.
    package var count: Int { rowCount * width }
    /// Whether there are no rows.
    package var isEmpty: Bool { rowCount == 0 }

    /// All rows, dense.
    package var span: Span<Float> {
        @_lifetime(borrow self)
        get { storage.span.extracting(first: count) }
    }

    /// All rows, dense, for writing.
    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(&self)
        mutating get {
            let count = count
            return storage.mutableSpan._consumingExtracting(0..<count)
        }
    }

    /// Becomes a buffer of other extents. What the rows hold is left open.
    package mutating func reshape(rowCount: Int, width: Int) {
        precondition(width > 0 && rowCount >= 0, "\(rowCount) rows of \(width)")
        reserve(rowCount * width)
        self.rowCount = rowCount
        self.width = width
    }

    /// Takes memory for so many rows, so that none is moved while they are added.
    package mutating func reserve(rowCount: Int) { reserve(rowCount * width) }

    /// Adds dense rows at the back.
    package mutating func append(_ rows: Span<Float>) {
        precondition(rows.count % width == 0, "\(rows.count) elements in rows of \(width)")
        let start = count
        reserve(start + rows.count)
        copy(rows, to: start)
        rowCount += rows.count / width
    }

    /// Adds rows of zeros at the back.
    package mutating func appendZeros(_ addedRowCount: Int) {
        let (start, end) = (count, count + addedRowCount * width)
        reserve(end)
        var target = storage.mutableSpan
        for i in start..<end { target[i] = 0 }
        rowCount += addedRowCount
    }

    /// Drops rows at the front.
    package mutating func removeFirst(_ removedRowCount: Int) {
        precondition(removedRowCount >= 0 && removedRowCount <= rowCount, "\(removedRowCount) of \(rowCount) rows")
        guard removedRowCount > 0 else { return }
        let (start, kept) = (removedRowCount * width, count - removedRowCount * width)
        var target = storage.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            unsafe base.update(from: base + start, count: kept)
        }
        rowCount -= removedRowCount
    }

    /// Drops rows at the back.
    package mutating func removeLast(_ removedRowCount: Int) {
        precondition(removedRowCount >= 0 && removedRowCount <= rowCount, "\(removedRowCount) of \(rowCount) rows")
        rowCount -= removedRowCount
    }

    private mutating func reserve(_ elementCount: Int) {
        let capacity = storage.shape.elementCount
        guard elementCount > capacity else { return }
        let old = storage
        storage = Tensor(zeros: [max(elementCount, capacity + capacity / 2)])
        copy(old.span.extracting(first: count), to: 0)
    }

    private mutating func copy(_ rows: Span<Float>, to start: Int) {
        var target = storage.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { target in
            unsafe rows.withUnsafeBufferPointer { source in
                precondition(
                    start + source.count <= target.count, "\(source.count) elements at \(start) of \(target.count)")
                guard let from = source.baseAddress, let base = target.baseAddress else { return }
                unsafe (base + start).update(from: from, count: source.count)
            }
        }
    }
}

extension MutableSpan where Element: ~Copyable {
    /// Some of the elements, for writing, while the whole is set aside. The standard library's own spelling is still
    /// underscored; this is the one place that uses it.
    @_lifetime(&self)
    public mutating func part(_ range: Range<Int>) -> MutableSpan<Element> {
        _mutatingExtracting(range)
    }
}
