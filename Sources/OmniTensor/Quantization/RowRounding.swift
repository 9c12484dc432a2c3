/// Some rows of a matrix on their way to integers.
struct RowRounding {
    private let weight: Tensor<Float>  // [R, in]
    private let grid: IntegerGrid
    private let feedback: ErrorFeedback
    private var codes: Tensor<Float>  // [R, in]
    private var scales: Tensor<Float>  // [R, blocks]
    private let (rowCount, width, blockCount): (Int, Int, Int)

    private static var blockWidth: Int { QuantizedMatrix.blockWidth }
    private static var sweepCount: Int { 3 }

    init(_ weight: Tensor<Float>, _ grid: IntegerGrid, _ feedback: ErrorFeedback) {
        self.weight = weight
        self.grid = grid
        self.feedback = feedback
        (rowCount, width) = (weight.shape[0], weight.shape[1])
        blockCount = (width + Self.blockWidth - 1) / Self.blockWidth
        codes = Tensor(zeros: weight.shape)
        scales = Tensor(zeros: [rowCount, blockCount])
    }

    mutating func run() {
        chooseScales()
        roundWithFeedback()
        refine()
    }

    /// Writes the integers and scales to the rows from `start` on.
    func store(in result: inout QuantizedMatrix, at start: Int) {
        let (source, factors) = (codes.span, scales.span)
        var codes = result.codes.mutableSpan
        for i in source.indices { codes[start * width + i] = Int8(source[i]) }
        var scales = result.scales.mutableSpan
        for i in factors.indices { scales[start * blockCount + i] = factors[i] }
    }

    private static func columns(ofBlock block: Int, width: Int) -> Range<Int> {
        block * blockWidth..<min((block + 1) * blockWidth, width)
    }

    // MARK: Scales

    /// Tries scales below that of the block's extreme, which cut it off, with either sign, and keeps the best by the
    /// squares of the inputs.
    private mutating func chooseScales() {
        let (grid, rowCount, blockCount, width) = (grid, rowCount, blockCount, width)
        let (weight, curvature) = (weight, feedback.curvature)
        let importance = (0..<width).map { curvature.span[$0 * width + $0] }
        let source = weight.span
        var target = scales.mutableSpan
        for row in 0..<rowCount {
            for block in 0..<blockCount {
                let columns = Self.columns(ofBlock: block, width: width)
                var (least, greatest): (Float, Float) = (0, 0)
                for column in columns {
                    least = min(least, source[row * width + column])
                    greatest = max(greatest, source[row * width + column])
                }
                var best = (error: Float.infinity, scale: Float(0))
                for extreme in [least, greatest] where extreme != 0 {
                    for part in stride(from: Float(1.05), to: 0.55, by: -0.05) {
                        let scale = QuantizedMatrix.roundedScale(extreme / grid.lowest * part)
                        let inverse = IntegerGrid.inverse(scale)
                        var error: Float = 0
                        for column in columns {
                            let value = source[row * width + column]
                            let off = value - scale * grid.code(value, inverseScale: inverse)
                            error += off * off * importance[column]
                        }
                        if error < best.error { best = (error, scale) }
                    }
                }
                target[row * blockCount + block] = best.scale
            }
        }
    }

    // MARK: Feedback

    /// Columns between which errors are handed on one by one; to those after them, all at once.
    private static var feedbackWidth: Int { 64 }

    private mutating func roundWithFeedback() {
        let order = feedback.order
        var left = Tensor<Float>(zeros: weight.shape)  // what is still to be rounded, in the order of rounding
        do {
            let source = weight.span
            var target = left.mutableSpan
            for row in 0..<rowCount {
                for (place, column) in order.enumerated() {
                    target[row * width + place] = source[row * width + column]
                }
            }
        }
        var errors = Tensor<Float>(zeros: [rowCount, Self.feedbackWidth])
        for start in stride(from: 0, to: width, by: Self.feedbackWidth) {
            let end = min(start + Self.feedbackWidth, width)
            round(start..<end, of: &left, errors: &errors)
            subtract(errors, through: start..<end, from: &left)
        }
    }

    /// Rounds the places of a run, each with the errors of those before it.
    private mutating func round(_ places: Range<Int>, of left: inout Tensor<Float>, errors: inout Tensor<Float>) {
        let (order, grid) = (feedback.order, grid)
        let (rowCount, width, blockCount) = (rowCount, width, blockCount)
        let (factors, factorsOfBlocks) = (feedback.feedback, scales)
        let (u, scales) = (factors.span, factorsOfBlocks.span)
        var codes = codes.mutableSpan
        var rest = left.mutableSpan
        var errors = errors.mutableSpan
        for row in 0..<rowCount {
            for place in places {
                let column = order[place]
                let scale = scales[row * blockCount + column / Self.blockWidth]
                let value = rest[row * width + place]
                let code = grid.code(value, inverseScale: IntegerGrid.inverse(scale))
                codes[row * width + column] = code
                let error = (value - scale * code) / u[place * width + place]
                errors[row * Self.feedbackWidth + place - places.lowerBound] = error
                for later in place + 1..<max(places.upperBound, place + 1) {
                    // Both places are inside their rows, which the loop's bounds say.
                    unsafe rest[unchecked: row * width + later] -= error * u[unchecked: place * width + later]
                }
            }
        }
    }

    /// Hands the errors of a run of places on to all places after it.
    private func subtract(_ errors: Tensor<Float>, through places: Range<Int>, from left: inout Tensor<Float>) {
        let laterCount = width - places.upperBound
        guard laterCount > 0 else { return }
        let (start, end) = (places.lowerBound, places.upperBound)
        unsafe feedback.feedback.span.withUnsafeBufferPointer { u in
            unsafe errors.span.withUnsafeBufferPointer { errors in
                unsafe left.withPointer { left in
                    guard let u = u.baseAddress, let errors = errors.baseAddress else { return }
                    unsafe CBLAS.multiply(
                        m: rowCount, n: laterCount, k: places.count, alpha: -1,
                        StridedMatrix(base: errors, rowStride: Self.feedbackWidth),
                        StridedMatrix(base: u + start * width + end, rowStride: width), transposingB: false, beta: 1,
                        left + end, rowStride: width)
                }
            }
        }
    }

    // MARK: Refinement

    /// Goes over the blocks: a better scale for the integers there are, then better integers one by one. Each change
    /// makes the error of the outputs less.
    private mutating func refine() {
        var gradient = self.gradient()
        var changes = Tensor<Float>(zeros: [rowCount, Self.blockWidth])
        for _ in 0..<Self.sweepCount {
            for block in 0..<blockCount {
                let columns = Self.columns(ofBlock: block, width: width)
                Self.refine(
                    columns, block, feedback.curvature, grid, gradient, codes: &codes, scales: &scales,
                    changes: &changes)
                add(changes, times: columns, to: &gradient)
            }
        }
    }

    /// `(W − Ŵ) · H` `[R, in]`: in which direction, and how fast, each weight would make the error less.
    private func gradient() -> Tensor<Float> {
        var difference = weight
        do {
            let (codes, scales) = (codes.span, scales.span)
            var target = difference.mutableSpan
            for row in 0..<rowCount {
                for column in 0..<width {
                    target[row * width + column] -=
                        scales[row * blockCount + column / Self.blockWidth] * codes[row * width + column]
                }
            }
        }
        return feedback.curvature.quadratic(times: difference)
    }

    /// Refines one block of all rows and leaves by how much less each weight is than before.
    private static func refine(
        _ columns: Range<Int>, _ block: Int, _ curvature: Tensor<Float>, _ grid: IntegerGrid,
        _ gradient: Tensor<Float>, codes: inout Tensor<Float>, scales: inout Tensor<Float>,
        changes: inout Tensor<Float>
    ) {
        let (rowCount, width, blockCount) = (codes.shape[0], codes.shape[1], scales.shape[1])
        let (h, g) = (curvature.span, gradient.span)
        var codes = codes.mutableSpan
        var scales = scales.mutableSpan
        var changes = changes.mutableSpan
        var slope = [Float](repeating: 0, count: blockWidth)
        let (start, count) = (columns.lowerBound, columns.count)
        for row in 0..<rowCount {
            let first = row * width + start
            let oldScale = scales[row * blockCount + block]
            for i in 0..<blockWidth { changes[row * blockWidth + i] = 0 }
            guard oldScale != 0 else { continue }
            // The best scale: where the parabola along these integers is lowest.
            var (along, bend): (Float, Float) = (0, 0)
            for i in 0..<count {
                let code = codes[first + i]
                guard code != 0 else { continue }
                along += g[first + i] * code
                var sum: Float = 0
                for j in 0..<count { sum += h[(start + i) * width + start + j] * codes[first + j] }
                bend += sum * code
            }
            var scale = oldScale
            if bend > 0 {
                let better = QuantizedMatrix.roundedScale(oldScale + along / bend)
                let step = better - oldScale
                if better != 0, step * (step * bend - 2 * along) < 0 { scale = better }
            }
            for i in 0..<count { slope[i] = g[first + i] }
            if scale != oldScale {
                for i in 0..<count where codes[first + i] != 0 {
                    let less = (oldScale - scale) * codes[first + i]
                    changes[row * blockWidth + i] += less
                    for j in 0..<count { slope[j] += less * h[(start + i) * width + start + j] }
                }
            }
            // The best integers, one after the other.
            let inverse = IntegerGrid.inverse(scale)
            for i in 0..<count {
                let old = codes[first + i]
                let place = (start + i) * width + start
                let code = grid.code(scale * old + slope[i] / h[place + i], inverseScale: inverse)
                guard code != old else { continue }
                codes[first + i] = code
                let less = scale * (old - code)
                changes[row * blockWidth + i] += less
                for j in 0..<count { slope[j] += less * h[place + j] }
            }
            scales[row * blockCount + block] = scale
        }
    }

    /// `gradient += changes · H[columns]`.
    private func add(_ changes: Tensor<Float>, times columns: Range<Int>, to gradient: inout Tensor<Float>) {
        unsafe feedback.curvature.span.withUnsafeBufferPointer { h in
            unsafe changes.span.withUnsafeBufferPointer { changes in
                unsafe gradient.withPointer { gradient in
                    guard let h = h.baseAddress, let changes = changes.baseAddress else { return }
                    unsafe CBLAS.multiply(
                        m: rowCount, n: width, k: columns.count, alpha: 1,
                        StridedMatrix(base: changes, rowStride: Self.blockWidth),
                        StridedMatrix(base: h + columns.lowerBound * width, rowStride: width), transposingB: false,
                        beta: 1, gradient, rowStride: width)
                }
            }
        }
    }
}

extension Tensor<Float> {
    /// `x · self` for `x` `[n, width]` and a symmetric matrix `[width, width]`.
    func quadratic(times x: Tensor<Float>) -> Tensor<Float> {
        let (rowCount, width) = (x.shape[0], x.shape[1])
        var product = Tensor<Float>(zeros: x.shape)
        guard rowCount > 0, width > 0 else { return product }
        unsafe span.withUnsafeBufferPointer { matrix in
            unsafe x.span.withUnsafeBufferPointer { x in
                unsafe product.withPointer { product in
                    guard let matrix = matrix.baseAddress, let x = x.baseAddress else { return }
                    unsafe CBLAS.multiply(
                        m: rowCount, n: width, k: width, alpha: 1, StridedMatrix(base: x, rowStride: width),
                        StridedMatrix(base: matrix, rowStride: width), transposingB: false, beta: 0, product,
                        rowStride: width)
                }
            }
        }
        return product
    }
}
