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

    /// Forwards the next positions of one or several independent sequences, each after its own past: a prefill, a
    /// decode step, or steps of several conversations at once, which cost little more than one.
    ///
    /// Leaves the logits that were asked for in `workspace`, and adds the positions to the caches.
    ///
    /// - Precondition: every token is in its vocabulary.
    public func forward(_ segments: [DecoderSegment], _ workspace: DecoderWorkspace) {
        var pass = DecoderPass(self, segments, workspace)
        while pass.advance(self, workspace) {}
    }

    /// The average of eight embeddings for each position, features in place of those of the audio streams.
    func embed(
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

    /// The angles of all positions of a pass, by which every layer rotates.
    func setAngles(
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
