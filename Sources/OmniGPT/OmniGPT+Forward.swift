import OmniNN
public import OmniTensor

extension OmniGPT {
    /// Makes speech features `[L, F]` as wide as embeddings, `[L, D]`.
    ///
    /// - Throws: ``OmniGPTError/wrongFeatureWidth(expected:found:)``.
    public func adapt(_ features: Tensor<Float>) throws(OmniGPTError) -> Tensor<Float> {
        let found = features.shape.rank == 2 ? features.shape[1] : 0
        guard found == configuration.featureWidth else {
            throw .wrongFeatureWidth(expected: configuration.featureWidth, found: found)
        }
        var adapted = Tensor<Float>(zeros: [features.shape[0], configuration.width])
        var scratch = FeedForwardScratch()
        var span = adapted.mutableSpan
        adapter(features.span, into: &span, &scratch)
        return adapted
    }

    /// Reads the next positions of one or several sequences that have nothing to do with each other, each after its own
    /// past: a prefill, a decoding step, or steps of several conversations at once, which cost little more than one.
    ///
    /// Leaves the logits that were asked for in `workspace`, and adds the positions to the caches.
    ///
    /// - Precondition: every token is in its vocabulary.
    public func read(_ segments: [DecoderSegment], _ workspace: DecoderWorkspace) {
        read(segments, workspace, observe: nil)
    }

    // MARK: Stages, as tests see them

    enum Stage: Hashable {
        case embedding, finalNorm
        case attentionNorm(Int)
        case attention(Int)
        case block(Int)
    }

    typealias Observer = (Stage, Span<Float>) -> Void

    func read(_ segments: [DecoderSegment], _ workspace: DecoderWorkspace, observe: Observer?) {
        carry(&workspace.scratch, segments, observe: observe)

        workspace.text.select(segments) { $0.wantsText }
        workspace.audio.select(segments) { $0.wantsAudio }
        let (norm, audioHead) = (postAdapter?.norm ?? finalNorm, postAdapter?.head ?? head.audio)
        let branch = postAdapter == nil ? workspace.scratch.x : workspace.scratch.branch
        workspace.text.project(workspace.scratch.x, segments, finalNorm, head.text)
        workspace.audio.project(branch, segments, norm, audioHead)
        if let observe {
            let normalised = workspace.text.inputs
            observe(.finalNorm, normalised.span)
        }
        for segment in segments { segment.cache.advance(by: segment.count) }
    }

    /// From tokens through all blocks, and those of the audio branch.
    private func carry(_ scratch: inout DecoderScratch, _ segments: [DecoderSegment], observe: Observer?) {
        let rowCount = segments.reduce(0) { $0 + $1.count }
        scratch.x.reshape(rowCount: rowCount, width: configuration.width)
        embed(segments, into: &scratch.x, &scratch.embedding)
        observe?(.embedding, scratch.x.span)
        setAngles(
            segments, rowCount: rowCount, cosines: &scratch.angles.cosines, sines: &scratch.angles.sines)
        // Behind the last block only those rows are read that logits come from. Whoever observes wants to see all.
        let leavesRows = segments.contains { $0.count > 1 || !$0.wantsLogits }
        let endsEarly = leavesRows && postAdapter == nil && observe == nil
        for (layer, block) in blocks.enumerated() {
            if endsEarly, layer == blocks.count - 1 {
                block.carryLastRows(&scratch.x, segments, layer: layer, angles: scratch.angles, &scratch.block)
            } else {
                block(
                    &scratch.x, segments, layer: layer, angles: scratch.angles, &scratch.block, observe: observe)
            }
        }
        guard let postAdapter else { return }
        scratch.branch = scratch.x
        for (index, block) in postAdapter.blocks.enumerated() {
            block(
                &scratch.branch, segments, layer: blocks.count + index, angles: scratch.angles, &scratch.block,
                observe: nil)
        }
    }

    /// The average of eight embeddings for each position, features in place of those of the audio streams.
    private func embed(
        _ segments: [DecoderSegment], into x: inout RowBuffer, _ scratch: inout RowBuffer
    ) {
        let width = configuration.width
        scratch.reshape(rowCount: 1, width: width)
        var target = x.mutableSpan
        var embedding = scratch.mutableSpan
        var row = 0
        for segment in segments {
            for (position, tokens) in segment.positions.enumerated() {
                var sum = target.part(row * width..<(row + 1) * width)
                if let speech = segment.speech, speech.positions.contains(position) {
                    let feature = position - speech.positions.lowerBound
                    add(
                        speech.features.span.extracting(feature * width..<(feature + 1) * width),
                        text: tokens.text, into: &sum, &embedding)
                } else {
                    add(tokens, into: &sum, &embedding)
                }
                row += 1
            }
        }
    }

    /// Audio streams first, one after the other, then text: sums round as the reference's do.
    private func add(
        _ tokens: PositionTokens, into sum: inout MutableSpan<Float>, _ embedding: inout MutableSpan<Float>
    ) {
        let vocabulary = configuration.vocabulary
        table.embed(vocabulary.row(ofAudio: tokens[audio: 0], stream: 0), into: &sum)
        for stream in 1..<VocabularyLayout.audioStreamCount {
            table.embed(vocabulary.row(ofAudio: tokens[audio: stream], stream: stream), into: &embedding)
            for i in sum.indices { sum[i] += embedding[i] }
        }
        finish(text: tokens.text, into: &sum, &embedding)
    }

    private func add(
        _ feature: Span<Float>, text: Int32, into sum: inout MutableSpan<Float>,
        _ embedding: inout MutableSpan<Float>
    ) {
        for i in sum.indices {
            var total = feature[i]
            for _ in 1..<VocabularyLayout.audioStreamCount { total += feature[i] }
            sum[i] = total
        }
        finish(text: text, into: &sum, &embedding)
    }

    private func finish(
        text: Int32, into sum: inout MutableSpan<Float>, _ embedding: inout MutableSpan<Float>
    ) {
        let scale = configuration.scalesEmbeddings ? Float(configuration.width).squareRoot() : 1
        table.embed(configuration.vocabulary.row(ofText: text), into: &embedding)
        for i in sum.indices { sum[i] = (sum[i] + embedding[i]) / 8 * scale }
    }

    /// The angles of all positions of a pass, which every layer turns by.
    private func setAngles(
        _ segments: [DecoderSegment], rowCount: Int, cosines: inout RowBuffer, sines: inout RowBuffer
    ) {
        let half = rotary.rotaryWidth / 2
        guard half > 0 else { return }
        cosines.reshape(rowCount: rowCount, width: half)
        sines.reshape(rowCount: rowCount, width: half)
        var cosines = cosines.mutableSpan
        var sines = sines.mutableSpan
        var row = 0
        for segment in segments {
            for offset in 0..<segment.count {
                var cosine = cosines.part(row * half..<(row + 1) * half)
                var sine = sines.part(row * half..<(row + 1) * half)
                rotary.angles(at: segment.cache.position + offset, cosines: &cosine, sines: &sine)
                row += 1
            }
        }
    }
}
