import OmniNN
import OmniTensor

/// Causal attention with rotary positions and shared heads of keys and values.
struct SelfAttention: Sendable {
    private let projection: Linear  // [(H + 2 G) · W, D]: all queries, then keys, then values
    private let out: Linear  // [D, H · W]
    private let rotary: RotaryEmbedding
    private let headCount: Int
    private let groupCount: Int
    private let headWidth: Int
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, rotary: RotaryEmbedding, engine: any ComputeEngine,
        precision: WeightPrecision
    ) throws {
        headCount = shape.headCount
        groupCount = shape.groupCount
        headWidth = shape.headWidth
        let layout = QKVLayout(shape)
        let wanted = WantedMatrix("weight", [layout.rowCount, shape.width], bias: shape.hasAttentionBias)
        projection = try Linear(weights.scope("attn"), wanted, engine: engine, precision: precision) { weights in
            let weight = try weights.tensor("weight", wanted.shape)
            let bias = wanted.hasBias ? try weights.tensor("bias", [layout.rowCount]) : nil
            return (layout.ungrouped(weight), bias.map(layout.ungrouped))
        }
        out = try Linear(
            weights.scope("proj"), in: shape.headCount * shape.headWidth, out: shape.width, bias: shape.hasBias,
            engine: engine, precision: precision)
        self.rotary = rotary
        self.engine = engine
    }

    /// Attends from each row of `x` `[N, D]` to its sequence so far, itself included, and adds the result to `y` `[N,
    /// D]`.
    func callAsFunction(
        _ x: RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        addingTo y: inout MutableSpan<Float>, qkv: inout RowBuffer, result: inout RowBuffer
    ) {
        let rowWidth = projection.outputWidth
        let resultWidth = headCount * headWidth
        project(x, angles, into: &qkv)
        result.reshape(rowCount: x.rowCount, width: resultWidth)
        let projected = qkv.span
        var gathered = result.mutableSpan
        var row = 0
        for segment in segments {
            cache(projected, rows: row..<row + segment.count, in: segment.cache, layer: layer)
            let queries = projected.extracting(row * rowWidth..<(row + segment.count) * rowWidth)
            var target = gathered.part(row * resultWidth..<(row + segment.count) * resultWidth)
            let past = segment.cache.position
            segment.cache.withLayer(layer) { keys, values in
                engine.attend(
                    queries, keys: keys, values: values, geometry(queryCount: segment.count, past: past),
                    into: &target)
            }
            row += segment.count
        }
        out(gathered.span, accumulating: true, into: &y)
    }

    /// Remembers all rows of `x` `[N, D]`, attends from the last of each sequence that wants logits and adds the
    /// results to `y`, one row for each of those.
    func forwardLastRows(
        _ x: RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        addingTo y: inout RowBuffer, qkv: inout RowBuffer, result: inout RowBuffer
    ) {
        let (rowWidth, resultWidth) = (projection.outputWidth, headCount * headWidth)
        project(x, angles, into: &qkv)
        result.reshape(rowCount: y.rowCount, width: resultWidth)
        let projected = qkv.span
        var gathered = result.mutableSpan
        var (row, end) = (0, 0)
        for segment in segments {
            cache(projected, rows: end..<end + segment.count, in: segment.cache, layer: layer)
            end += segment.count
            guard segment.wantsLogits else { continue }
            let query = projected.extracting((end - 1) * rowWidth..<end * rowWidth)
            var target = gathered.part(row * resultWidth..<(row + 1) * resultWidth)
            let past = segment.cache.position + segment.count - 1
            segment.cache.withLayer(layer) { keys, values in
                engine.attend(query, keys: keys, values: values, geometry(queryCount: 1, past: past), into: &target)
            }
            row += 1
        }
        guard row > 0 else { return }
        var target = y.mutableSpan
        out(gathered.span, accumulating: true, into: &target)
    }

    /// Queries, keys and values of all rows, turned to their positions.
    private func project(_ x: RowBuffer, _ angles: RotaryAngles, into qkv: inout RowBuffer) {
        qkv.reshape(rowCount: x.rowCount, width: projection.outputWidth)
        var projected = qkv.mutableSpan
        projection(x.span, into: &projected)
        rotate(&projected, rowCount: x.rowCount, angles.cosines.span, angles.sines.span)
    }

    private func geometry(queryCount: Int, past: Int) -> AttentionGeometry {
        AttentionGeometry(
            queryCount: queryCount, keyCount: past + queryCount, headCount: headCount, groupCount: groupCount,
            headWidth: headWidth, scale: 1 / Float(headWidth).squareRoot(), causalOffset: past,
            queryTimeStride: projection.outputWidth, queryHeadStride: headWidth,
            keyTimeStride: groupCount * headWidth, keyHeadStride: headWidth)
    }

    /// Turns the queries and keys of all rows. `cosines`, `sines` `[N, rotaryWidth / 2]`.
    private func rotate(_ qkv: inout MutableSpan<Float>, rowCount: Int, _ cosines: Span<Float>, _ sines: Span<Float>) {
        let rowWidth = projection.outputWidth
        let half = rotary.rotaryWidth / 2
        guard half > 0 else { return }
        for row in 0..<rowCount {
            var heads = qkv.part(row * rowWidth..<(row + 1) * rowWidth)
            rotary(
                &heads, headCount: headCount + groupCount, headStride: headWidth,
                cosines: cosines.extracting(row * half..<(row + 1) * half),
                sines: sines.extracting(row * half..<(row + 1) * half))
        }
    }

    private func cache(_ qkv: Span<Float>, rows: Range<Int>, in cache: KVCache, layer: Int) {
        let rowWidth = projection.outputWidth
        let keyWidth = groupCount * headWidth
        for row in rows {
            let key = row * rowWidth + headCount * headWidth
            cache.append(
                key: qkv.extracting(key..<key + keyWidth), value: qkv.extracting(key + keyWidth..<key + 2 * keyWidth),
                layer: layer)
        }
    }
}

/// The angles of the rows of a pass, which all layers share. `[N, rotaryWidth / 2]` each.
struct RotaryAngles: Sendable {
    var cosines = RowBuffer(width: 1)
    var sines = RowBuffer(width: 1)
}

/// The order of a checkpoint's query, key and value rows: group by group, the group's queries, its key, its value.
struct QKVLayout {
    private let groupCount: Int
    private let queriesPerGroup: Int
    private let headWidth: Int

    init(_ shape: OmniGPT.Configuration) {
        groupCount = shape.groupCount
        queriesPerGroup = shape.headCount / shape.groupCount
        headWidth = shape.headWidth
    }

    var rowCount: Int { groupCount * (queriesPerGroup + 2) * headWidth }

    /// The same rows with all queries first, then all keys, then all values: heads then lie at one stride. Copied once,
    /// at load.
    func ungrouped(_ tensor: Tensor<Float>) -> Tensor<Float> {
        let rowWidth = tensor.shape.elementCount / rowCount
        let headCount = headWidth * rowWidth
        let heads = queries + keys + values
        var result = Tensor<Float>(zeros: tensor.shape)
        let source = tensor.span
        var target = result.mutableSpan
        for (place, head) in heads.enumerated() {
            for i in 0..<headCount { target[place * headCount + i] = source[head * headCount + i] }
        }
        return result
    }

    // Heads as the checkpoint counts them.
    private var groupWidth: Int { queriesPerGroup + 2 }
    private var queries: [Int] {
        (0..<groupCount).flatMap { group in (0..<queriesPerGroup).map { group * groupWidth + $0 } }
    }
    private var keys: [Int] { (0..<groupCount).map { $0 * groupWidth + queriesPerGroup } }
    private var values: [Int] { (0..<groupCount).map { $0 * groupWidth + queriesPerGroup + 1 } }
}
