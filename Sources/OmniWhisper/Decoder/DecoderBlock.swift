import OmniNN
import OmniTensor

/// One pre-norm block: attention to the text so far, attention to the audio, then a perceptron, each added to what came
/// in.
struct DecoderBlock: Sendable {
    private let attention: AttentionLayers
    private let cross: AttentionLayers
    private let mlp: Perceptron
    private let headCount: Int
    private let headWidth: Int
    private let precision: WeightPrecision
    private let engine: any ComputeEngine

    init(
        _ weights: WeightScope, names: WhisperNames, configuration: WhisperDecoder.Configuration,
        engine: any ComputeEngine, precision: WeightPrecision
    ) throws {
        let layers = BlockLayers(weights: weights, width: configuration.width, engine: engine, precision: precision)
        attention = try layers.selfAttention(names)
        cross = try layers.crossAttention(names)
        mlp = try layers.perceptron(names, hiddenWidth: configuration.mlpWidth)
        headCount = configuration.headCount
        headWidth = configuration.headWidth
        self.precision = precision
        self.engine = engine
    }

    /// The keys and values of the audio. `features` `[T, D]`.
    func crossAttention(to features: Tensor<Float>) -> AttentionMemory {
        AttentionMemory(
            keys: cross.key(features), values: cross.value(features), headCount: headCount, precision: precision)
    }

    /// Forwards `scratch.x` `[rows · n, D]` through the block, row by row of the batch, `n` new positions each.
    ///
    /// - Parameters:
    ///   - cache: the rows' past; the new positions are added to this layer of it.
    ///   - audio: keys and values of each utterance. Rows belong to utterances in equal shares, in order.
    ///   - scores: called with the queries `[rows · n, D]` of the cross-attention.
    func callAsFunction(
        layer: Int, cache: inout SelfAttentionCache, audio: [CrossAttentionCache], _ scratch: inout DecoderScratch,
        observeQueries: ((Span<Float>) -> Void)? = nil
    ) {
        let count = scratch.x.rowCount / cache.rowCount
        normalise(attention.norm, &scratch)
        project(attention.query, scratch.normalised, into: &scratch.queries)
        project(attention.key, scratch.normalised, into: &scratch.keys)
        project(attention.value, scratch.normalised, into: &scratch.values)
        append(scratch.keys, scratch.values, count: count, layer: layer, to: &cache)
        attendToText(scratch.queries, count: count, layer: layer, cache, into: &scratch.gathered)
        add(attention.out, of: scratch.gathered, to: &scratch.x)
        normalise(cross.norm, &scratch)
        project(cross.query, scratch.normalised, into: &scratch.queries)
        observeQueries?(scratch.queries.span)
        attendToAudio(scratch.queries, layer: layer, audio, into: &scratch.gathered)
        add(cross.out, of: scratch.gathered, to: &scratch.x)
        normalise(mlp.norm, &scratch)
        project(mlp.expand, scratch.normalised, into: &scratch.hidden)
        activate(&scratch.hidden)
        add(mlp.contract, of: scratch.hidden, to: &scratch.x)
    }

    private func normalise(_ norm: LayerNorm, _ scratch: inout DecoderScratch) {
        scratch.normalised.reshape(rowCount: scratch.x.rowCount, width: scratch.x.width)
        Self.apply(norm, scratch.x, into: &scratch.normalised)
    }

    private static func apply(_ norm: LayerNorm, _ x: RowBuffer, into y: inout RowBuffer) {
        var target = y.mutableSpan
        norm(x.span, into: &target)
    }

    private func project(_ linear: Linear, _ x: RowBuffer, into y: inout RowBuffer) {
        y.reshape(rowCount: x.rowCount, width: linear.outputWidth)
        var target = y.mutableSpan
        linear(x.span, into: &target)
    }

    private func add(_ linear: Linear, of x: RowBuffer, to y: inout RowBuffer) {
        var target = y.mutableSpan
        linear(x.span, accumulating: true, into: &target)
    }

    private func activate(_ x: inout RowBuffer) {
        var span = x.mutableSpan
        engine.activate(&span, .gelu)
    }

    private func append(
        _ keys: RowBuffer, _ values: RowBuffer, count: Int, layer: Int, to cache: inout SelfAttentionCache
    ) {
        let width = headCount * headWidth
        for row in 0..<cache.rowCount {
            let range = row * count * width..<(row + 1) * count * width
            cache.append(
                keys: keys.span.extracting(range), values: values.span.extracting(range), row: row, layer: layer)
        }
    }

    private func attendToText(
        _ queries: RowBuffer, count: Int, layer: Int, _ cache: SelfAttentionCache, into y: inout RowBuffer
    ) {
        let width = headCount * headWidth
        y.reshape(rowCount: queries.rowCount, width: width)
        var target = y.mutableSpan
        var geometry = AttentionGeometry.dense(
            queryCount: count, keyCount: cache.position + count, headCount: headCount, headWidth: headWidth)
        geometry.causalOffset = cache.position
        geometry.precision = precision
        for row in 0..<cache.rowCount {
            let range = row * count * width..<(row + 1) * count * width
            var part = target.part(range)
            cache.withLayer(layer, row: row) { keys, values in
                engine.attend(queries.span.extracting(range), keys: keys, values: values, geometry, into: &part)
            }
        }
    }

    private func attendToAudio(
        _ queries: RowBuffer, layer: Int, _ audio: [CrossAttentionCache], into y: inout RowBuffer
    ) {
        let width = headCount * headWidth
        y.reshape(rowCount: queries.rowCount, width: width)
        var target = y.mutableSpan
        let share = queries.rowCount / audio.count
        for (index, utterance) in audio.enumerated() {
            let range = index * share * width..<(index + 1) * share * width
            var part = target.part(range)
            utterance.layers[layer].attend(queries.span.extracting(range), using: engine, into: &part)
        }
    }
}

/// Activations of the decoder, kept from pass to pass so that a step allocates nothing of the model's size.
struct DecoderScratch: Sendable {
    /// `[N, D]`: what the blocks carry.
    var x = RowBuffer(width: 1)
    var normalised = RowBuffer(width: 1)  // [N, D]
    var queries = RowBuffer(width: 1)  // [N, D]
    var keys = RowBuffer(width: 1)  // [N, D]
    var values = RowBuffer(width: 1)  // [N, D]
    var gathered = RowBuffer(width: 1)  // [N, D]
    var hidden = RowBuffer(width: 1)  // [N, 4D]
    /// Rows that logits come from, and their logits.
    var last = RowBuffer(width: 1)  // [n, D]
    var logits = RowBuffer(width: 1)  // [n, V]
}
