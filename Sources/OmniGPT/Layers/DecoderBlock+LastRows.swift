import OmniNN
import OmniTensor

extension DecoderBlock {
    /// Forwards those rows of `x` `[N, D]` through the block that logits come from, the last of each sequence that
    /// wants some. The keys and values of all rows are cached; the other rows stay as they were. For the last block,
    /// after which they have no use.
    func forwardLastRows(
        _ x: inout RowBuffer, _ segments: [DecoderSegment], layer: Int, angles: RotaryAngles,
        _ scratch: inout BlockScratch
    ) {
        normalise(x, attentionNorm, into: &scratch.normalised)
        copyLastRows(x, segments, into: &scratch.kept)
        if isParallel || mlpNorm == nil { copyLastRows(scratch.normalised, segments, into: &scratch.parallel) }
        if isParallel, let mlpNorm { normalise(scratch.kept, mlpNorm, into: &scratch.parallel) }
        attention.forwardLastRows(
            scratch.normalised, segments, layer: layer, angles: angles, addingTo: &scratch.kept, qkv: &scratch.qkv,
            result: &scratch.gathered)
        guard !scratch.kept.isEmpty else { return }
        if !isParallel, let mlpNorm { normalise(scratch.kept, mlpNorm, into: &scratch.parallel) }
        add(mlp, of: scratch.parallel, to: &scratch.kept, &scratch.feedForward)
        replaceLastRows(of: &x, segments, by: scratch.kept)
    }

    private func add(
        _ mlp: FeedForward, of x: RowBuffer, to y: inout RowBuffer, _ scratch: inout FeedForwardScratch
    ) {
        var rows = y.mutableSpan
        mlp(x, addingTo: &rows, &scratch)
    }

    private func copyLastRows(_ x: RowBuffer, _ segments: [DecoderSegment], into kept: inout RowBuffer) {
        kept.reshape(rowCount: 0, width: x.width)
        var end = 0
        for segment in segments {
            end += segment.count
            guard segment.wantsLogits else { continue }
            kept.append(x.span.extracting((end - 1) * x.width..<end * x.width))
        }
    }

    private func replaceLastRows(of x: inout RowBuffer, _ segments: [DecoderSegment], by kept: RowBuffer) {
        let width = x.width
        let source = kept.span
        var target = x.mutableSpan
        var (end, row) = (0, 0)
        for segment in segments {
            end += segment.count
            guard segment.wantsLogits else { continue }
            for i in 0..<width { target[(end - 1) * width + i] = source[row * width + i] }
            row += 1
        }
    }
}

extension DecoderSegment {
    /// Whether anything is chosen after it.
    var wantsLogits: Bool { wantsText || wantsAudio }
}
