import OmniNN
import OmniTensor

extension WhisperDecoder {
    /// The keys and values of an utterance. `features` `[T, D]`.
    func makeCrossAttention(to features: Tensor<Float>) -> CrossAttentionCache {
        precondition(
            features.shape.rank == 2 && features.shape[1] == configuration.width,
            "features \(features.shape) for a width of \(configuration.width)")
        return CrossAttentionCache(layers: blocks.map { $0.crossAttention(to: features) })
    }

    /// An empty past of so many rows.
    func makeCache(rowCount: Int) -> SelfAttentionCache {
        SelfAttentionCache(layerCount: configuration.layerCount, width: configuration.width, rowCount: rowCount)
    }

    /// Forwards the next tokens of every row and leaves logits in `scratch.logits`.
    ///
    /// - Parameters:
    ///   - tokens: for each row of the cache its next tokens; as many for each.
    ///   - cache: the rows' past; the new positions are added to it.
    ///   - audio: the utterances. Rows belong to them in equal shares, in order.
    ///   - logitPositions: of each row, the new positions whose logits are wanted, ascending. The logits are those of
    ///     all wanted positions of the first row, then of the second, and so on: `[rows · wanted, V]`.
    ///   - observeQueries: called in each layer with the queries of the cross-attention `[rows · n, D]`.
    func forward(
        _ tokens: [[Int32]], _ cache: inout SelfAttentionCache, audio: [CrossAttentionCache],
        logitsAt logitPositions: [Int], _ scratch: inout DecoderScratch,
        observeQueries: ((_ layer: Int, Span<Float>) -> Void)? = nil
    ) {
        let count = tokens.first?.count ?? 0
        precondition(
            tokens.count == cache.rowCount && count > 0 && tokens.allSatisfy { $0.count == count },
            "\(tokens.map(\.count)) tokens for \(cache.rowCount) rows")
        precondition(
            cache.position + count <= configuration.contextLength,
            "\(count) tokens after \(cache.position) in a context of \(configuration.contextLength)")
        precondition(tokens.count % audio.count == 0, "\(tokens.count) rows for \(audio.count) utterances")
        embed(tokens, at: cache.position, into: &scratch.x)
        for (layer, block) in blocks.enumerated() {
            block(
                layer: layer, cache: &cache, audio: audio, &scratch,
                observeQueries: observeQueries.map { observe in { observe(layer, $0) } })
        }
        cache.advance(by: count)
        project(rowCount: tokens.count, count: count, logitPositions, &scratch)
    }

    private func embed(_ tokens: [[Int32]], at position: Int, into x: inout RowBuffer) {
        let width = configuration.width
        x.reshape(rowCount: tokens.reduce(0) { $0 + $1.count }, width: width)
        var target = x.mutableSpan
        let table = positions.span
        var row = 0
        for sequence in tokens {
            for (offset, token) in sequence.enumerated() {
                var part = target.part(row * width..<(row + 1) * width)
                engine.unpackRow(Int(token), of: self.table.weight, into: &part)
                let start = (position + offset) * width
                for i in 0..<width { part[i] += table[start + i] }
                row += 1
            }
        }
    }

    func project(rowCount: Int, count: Int, _ wanted: [Int], _ scratch: inout DecoderScratch) {
        let width = configuration.width
        let rows = (0..<rowCount).flatMap { row in wanted.map { row * count + $0 } }
        Self.copy(rows, of: scratch.x, to: &scratch.last)
        scratch.normalised.reshape(rowCount: scratch.last.rowCount, width: width)
        scratch.logits.reshape(rowCount: scratch.last.rowCount, width: configuration.vocabularyCount)
        guard !scratch.last.isEmpty else { return }
        Self.project(scratch.last, finalNorm, table, &scratch.normalised, into: &scratch.logits)
    }

    private static func copy(_ rows: [Int], of x: RowBuffer, to y: inout RowBuffer) {
        y.reshape(rowCount: 0, width: x.width)
        for row in rows { y.append(x.span.extracting(row * x.width..<(row + 1) * x.width)) }
    }

    private static func project(
        _ last: RowBuffer, _ norm: LayerNorm, _ head: Linear, _ normalised: inout RowBuffer,
        into logits: inout RowBuffer
    ) {
        var span = normalised.mutableSpan
        norm(last.span, into: &span)
        var target = logits.mutableSpan
        head(span.span, into: &target)
    }
}
