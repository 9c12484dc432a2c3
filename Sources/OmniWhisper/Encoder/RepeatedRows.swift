import OmniTensor

/// Runs of equal rows at the beginning and at the end of a spectrogram, and of what convolutions make of it.
struct RepeatedRows: Sendable {
    /// The runs, in order and apart from each other.
    private(set) var runs: [Range<Int>]

    /// - Parameters:
    ///   - rows: `[T, width]`.
    ///   - width: values in a row.
    init(of rows: Span<Float>, width: Int) {
        let count = rows.count / width
        /// Whether a row has the bits of the one behind it.
        func isRepeated(_ row: Int) -> Bool {
            for index in row * width..<(row + 1) * width
            where rows[index].bitPattern != rows[index + width].bitPattern {
                return false
            }
            return true
        }
        let head = (0..<max(count - 1, 0)).first { !isRepeated($0) } ?? max(count - 1, 0)
        let tail = (head..<max(count - 1, head)).last { !isRepeated($0) } ?? head
        runs = [0..<head + 1, tail + 1..<max(count, tail + 1)].filter { $0.count > 1 }
    }

    private init(runs: [Range<Int>]) { self.runs = runs }

    /// The runs behind a convolution of three rows, with a row of zeros added at either end: a row is repeated when all
    /// that it looks at is.
    func convolved(stride: Int) -> RepeatedRows {
        RepeatedRows(
            runs: runs.compactMap { run in
                let (first, last) = ((run.lowerBound + stride) / stride, (run.upperBound - 2) / stride)
                return first < last ? first..<last + 1 : nil
            })
    }

    /// Makes all rows of `y`: computes those outside of the runs and one of each run, and copies that.
    ///
    /// - Parameters:
    ///   - y: `[T, width]`.
    ///   - compute: makes the rows of a range.
    func fill(
        _ y: inout MutableSpan<Float>, width: Int, compute: (Range<Int>, inout MutableSpan<Float>) -> Void
    ) {
        let rowCount = y.count / width
        var start = 0
        func part(_ end: Int, _ y: inout MutableSpan<Float>) {
            var rows = y.part(start * width..<end * width)
            compute(start..<end, &rows)
        }
        for run in runs {
            let source = max(run.lowerBound, start + Self.leastRowCount - 1)
            let end = min(run.upperBound, rowCount - Self.leastRowCount)
            guard source + 1 < end else { continue }
            part(source + 1, &y)
            Self.copy(source, to: source + 1..<end, of: &y, width: width)
            start = end
        }
        part(rowCount, &y)
    }

    /// Rows that are computed at a time at least: engines may be more exact with few rows, and all rows are to be made
    /// in the same way.
    private static var leastRowCount: Int { 16 }

    private static func copy(_ source: Int, to rows: Range<Int>, of y: inout MutableSpan<Float>, width: Int) {
        precondition(source >= 0 && source < rows.lowerBound && rows.upperBound * width <= y.count, "\(rows)")
        unsafe y.withUnsafeMutableBufferPointer { y in
            guard let base = y.baseAddress else { return }
            for row in rows { unsafe (base + row * width).update(from: base + source * width, count: width) }
        }
    }
}
