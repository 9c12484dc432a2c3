/// Rows of floats that come and leave at both ends: what a streaming layer keeps between two calls, and the scratch
/// that layers hand on to each other.
///
/// Its memory only grows, so in a steady state nothing is allocated.
package struct RowBuffer: Sendable {
    /// Elements in a row.
    package private(set) var width: Int
    /// Rows held.
    package private(set) var rowCount: Int
    private var storage: Tensor<Float>
    /// Where the first row begins in the storage.
    private var start = 0
    /// Where the first row of a buffer begins that was given other extents: as many elements as rows that came at the
    /// front have needed.
    private var headroom = 0

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
        get { storage.span.extracting(start..<start + count) }
    }

    /// All rows, dense, for writing.
    package var mutableSpan: MutableSpan<Float> {
        @_lifetime(&self)
        mutating get {
            let range = start..<start + count
            return storage.mutableSpan._consumingExtracting(range)
        }
    }

    /// Becomes a buffer of other extents. What the rows hold is left open.
    package mutating func reshape(rowCount: Int, width: Int) {
        precondition(width > 0 && rowCount >= 0, "\(rowCount) rows of \(width)")
        (self.rowCount, start) = (0, headroom)
        reserve(rowCount * width)
        self.rowCount = rowCount
        self.width = width
    }

    /// Takes memory for so many rows, so that none is moved while they are added.
    package mutating func reserve(rowCount: Int) { reserve(rowCount * width) }

    /// Adds dense rows at the back.
    package mutating func append(_ rows: Span<Float>) {
        precondition(rows.count % width == 0, "\(rows.count) elements in rows of \(width)")
        reserve(count + rows.count)
        copy(rows, to: start + count)
        rowCount += rows.count / width
    }

    /// Adds rows at the back that `write` fills. What they hold before is left open.
    package mutating func append(rowCount addedRowCount: Int, _ write: (inout MutableSpan<Float>) -> Void) {
        let addedCount = addedRowCount * width
        reserve(count + addedCount)
        let range = start + count..<start + count + addedCount
        rowCount += addedRowCount
        var target = storage.mutableSpan
        var added = target.part(range)
        write(&added)
    }

    /// Adds rows of zeros at the back.
    package mutating func appendZeros(_ addedRowCount: Int) {
        append(rowCount: addedRowCount) { rows in
            for i in 0..<rows.count { rows[i] = 0 }
        }
    }

    /// Adds dense rows at the front. Moves the others only as long as more comes here than ever before.
    package mutating func prepend(_ rows: Span<Float>) {
        precondition(rows.count % width == 0, "\(rows.count) elements in rows of \(width)")
        if start < rows.count {
            headroom += rows.count - start
            move(toCapacity: rows.count + max(count, storage.shape.elementCount), at: rows.count)
        }
        start -= rows.count
        copy(rows, to: start)
        rowCount += rows.count / width
    }

    /// Drops rows at the front.
    package mutating func removeFirst(_ removedRowCount: Int) {
        precondition(removedRowCount >= 0 && removedRowCount <= rowCount, "\(removedRowCount) of \(rowCount) rows")
        start += removedRowCount * width
        rowCount -= removedRowCount
    }

    /// Drops rows at the back.
    package mutating func removeLast(_ removedRowCount: Int) {
        precondition(removedRowCount >= 0 && removedRowCount <= rowCount, "\(removedRowCount) of \(rowCount) rows")
        rowCount -= removedRowCount
    }

    /// Makes room for so many elements from the first row on: where rows have left at the front, else in more memory.
    private mutating func reserve(_ elementCount: Int) {
        let capacity = storage.shape.elementCount
        guard start + elementCount > capacity else { return }
        if headroom + elementCount <= capacity, start > headroom {
            moveBack(to: headroom)
        } else {
            move(toCapacity: max(headroom + elementCount, capacity + capacity / 2), at: headroom)
        }
    }

    private mutating func move(toCapacity capacity: Int, at newStart: Int) {
        let (old, rows) = (storage, start..<start + count)
        // A tensor made by the caller would have two owners, and `copy` would first duplicate its memory.
        storage = Tensor(zeros: [capacity])
        start = newStart
        copy(old.span.extracting(rows), to: newStart)
    }

    private mutating func moveBack(to newStart: Int) {
        let (from, count) = (start, count)
        var target = storage.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            unsafe (base + newStart).update(from: base + from, count: count)
        }
        start = newStart
    }

    private mutating func copy(_ rows: Span<Float>, to position: Int) {
        var target = storage.mutableSpan
        unsafe target.withUnsafeMutableBufferPointer { target in
            unsafe rows.withUnsafeBufferPointer { source in
                precondition(
                    position + source.count <= target.count,
                    "\(source.count) elements at \(position) of \(target.count)")
                guard let from = source.baseAddress, let base = target.baseAddress else { return }
                unsafe (base + position).update(from: from, count: source.count)
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
