import OmniNN
import OmniTensor

/// One codebook, looked up in a space of few channels: the nearest direction wins.
struct VectorQuantizer: Sendable {
    private let inputProjection: Linear
    private let outputProjection: Linear
    private let codebook: Tensor<Float>  // [V, D]
    /// Directions of the codes as a matrix, with half their squared lengths as negative bias: the largest product is
    /// the smallest distance, and a code of zeros (whose direction has no length) is judged as the reference does.
    private let directions: any PackedMatrix  // [V, D]
    private let engine: any ComputeEngine
    /// Latents that one code stands for.
    let stride: Int

    init(
        _ weights: WeightScope, latentCount: Int, stride: Int, configuration: SNAC.Configuration,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let (size, width) = (configuration.codebookSize, configuration.codebookWidth)
        inputProjection = try weights.scope("in_proj").pointwiseConvolution(
            in: latentCount, out: width, engine: engine, precision: precision)
        outputProjection = try weights.scope("out_proj").pointwiseConvolution(
            in: width, out: latentCount, engine: engine, precision: precision)
        let codebook = try weights.scope("codebook").tensor("weight", [size, width])
        let wanted = WantedMatrix("codebook.directions", [size, width], bias: true)
        // Which code is nearest is decided by small differences, so the directions are never kept in fewer bits.
        directions = try weights.matrix(wanted, engine: engine, precision: .float32) { _ in
            var normalized = codebook
            var rows = normalized.mutableSpan
            let halves = Self.normalize(&rows, width: width).map { -0.5 * $0 }
            return (normalized, Tensor(halves, shape: [size]))
        }
        self.codebook = codebook
        self.engine = engine
        self.stride = stride
    }

    /// Scales each row to length 1, a row of zeros staying as it is. Returns the squared lengths afterwards.
    private static func normalize(_ rows: inout MutableSpan<Float>, width: Int) -> [Float] {
        var squares: [Float] = []
        for start in Swift.stride(from: 0, to: rows.count, by: width) {
            var square: Float = 0
            for i in start..<start + width { square += rows[i] * rows[i] }
            let scale = 1 / max(square.squareRoot(), 1e-12)
            square = 0
            for i in start..<start + width {
                rows[i] *= scale
                square += rows[i] * rows[i]
            }
            squares.append(square)
        }
        return squares
    }

    /// Finds the codes of `residual` `[T, latent]`, `T` a multiple of the stride, and subtracts what they stand for.
    func encode(_ residual: inout RowBuffer, _ work: inout QuantizerScratch) -> [Int32] {
        average(residual, into: &work.pooled)
        inputProjection(work.pooled, into: &work.codes)
        let codes = nearest(&work)
        embed(codes[...], into: &work.codes)
        outputProjection(work.codes, into: &work.pooled)
        add(work.pooled, times: -1, to: &residual)
        return codes
    }

    /// Adds what `codes` stand for to `latents` `[T, latent]`, `T` being the number of codes times the stride.
    func decode(_ codes: ArraySlice<Int32>, addingTo latents: inout RowBuffer, _ work: inout QuantizerScratch) {
        embed(codes, into: &work.codes)
        outputProjection(work.codes, into: &work.pooled)
        add(work.pooled, times: 1, to: &latents)
    }

    private func average(_ latents: borrowing RowBuffer, into pooled: inout RowBuffer) {
        let width = latents.width
        pooled.reshape(rowCount: latents.rowCount / stride, width: width)
        let rowCount = pooled.rowCount
        let source = latents.span
        var target = pooled.mutableSpan
        for row in 0..<rowCount {
            for c in 0..<width {
                var sum: Float = 0
                for k in 0..<stride { sum += source[(row * stride + k) * width + c] }
                target[row * width + c] = sum / Float(stride)
            }
        }
    }

    /// The code nearest to each row of `work.codes`, the first of equals.
    private func nearest(_ work: inout QuantizerScratch) -> [Int32] {
        let (size, width) = (codebook.shape[0], codebook.shape[1])
        let rowCount = work.codes.rowCount
        var rows = work.codes.mutableSpan
        _ = Self.normalize(&rows, width: width)
        var codes: [Int32] = []
        codes.reserveCapacity(rowCount)
        // A few rows at a time: the scores of a long recording would fill the memory.
        let blockCount = 16
        for start in Swift.stride(from: 0, to: rowCount, by: blockCount) {
            compare(work.codes, start..<min(start + blockCount, rowCount), into: &work.scores)
            let scores = work.scores.span
            for row in Swift.stride(from: 0, to: scores.count, by: size) {
                var best = 0
                for code in 1..<max(size, 1) where scores[row + code] > scores[row + best] { best = code }
                codes.append(Int32(best))
            }
        }
        return codes
    }

    private func compare(_ rows: borrowing RowBuffer, _ range: Range<Int>, into scores: inout RowBuffer) {
        let (size, width) = (codebook.shape[0], codebook.shape[1])
        scores.reshape(rowCount: range.count, width: size)
        let block = rows.span.extracting(range.lowerBound * width..<range.upperBound * width)
        var target = scores.mutableSpan
        engine.multiply(RowView(block, width: width), by: directions, accumulating: false, into: &target)
    }

    private func embed(_ codes: ArraySlice<Int32>, into rows: inout RowBuffer) {
        let width = codebook.shape[1]
        rows.reshape(rowCount: codes.count, width: width)
        let table = codebook.span
        var target = rows.mutableSpan
        for (row, code) in codes.enumerated() {
            for c in 0..<width { target[row * width + c] = table[Int(code) * width + c] }
        }
    }

    /// Adds each row `stride` times over.
    private func add(_ rows: borrowing RowBuffer, times factor: Float, to latents: inout RowBuffer) {
        let width = latents.width
        let source = rows.span
        let rowCount = latents.rowCount
        var target = latents.mutableSpan
        for row in 0..<rowCount {
            let start = row / stride * width
            for c in 0..<width { target[row * width + c] += factor * source[start + c] }
        }
    }
}

/// Buffers that the codebooks share.
struct QuantizerScratch: Sendable {
    /// Latents at the pace of one codebook.
    var pooled = RowBuffer(width: 1)
    /// Rows of codebook width.
    var codes = RowBuffer(width: 1)
    /// One row of similarities for each code.
    var scores = RowBuffer(width: 1)
}

/// Codebooks at several paces, each coding what the ones before left over.
struct ResidualQuantizer: Sendable {
    let codebooks: [VectorQuantizer]
    private let latentCount: Int
    private let latentsPerFrame: Int

    init(
        _ weights: WeightScope, configuration: SNAC.Configuration, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        latentCount = configuration.latentChannelCount
        latentsPerFrame = configuration.latentsPerFrame
        codebooks = try configuration.codebookStrides.enumerated().map { index, stride in
            try VectorQuantizer(
                weights.scope("quantizers").scope(index), latentCount: configuration.latentChannelCount,
                stride: stride, configuration: configuration, engine: engine, precision: precision)
        }
    }

    /// The codes of latents `[T, latent]`, `T` whole frames. `latents` becomes what is left over.
    func encode(_ latents: inout RowBuffer, _ work: inout QuantizerScratch) -> [[Int32]] {
        codebooks.map { $0.encode(&latents, &work) }
    }

    /// `latents` becomes `[T, latent]` of some whole frames of `codes`, which the caller has checked.
    func decode(
        _ codes: [[Int32]], frames: Range<Int>, into latents: inout RowBuffer, _ work: inout QuantizerScratch
    ) {
        latents.reshape(rowCount: 0, width: latentCount)
        latents.appendZeros(frames.count * latentsPerFrame)
        for (codebook, codes) in zip(codebooks, codes) {
            let perFrame = latentsPerFrame / codebook.stride
            codebook.decode(
                codes[frames.lowerBound * perFrame..<frames.upperBound * perFrame], addingTo: &latents, &work)
        }
    }
}
