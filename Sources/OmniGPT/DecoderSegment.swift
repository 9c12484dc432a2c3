public import OmniTensor

/// One sequence's part in a pass: what it reads now, after the positions that its cache has.
public struct DecoderSegment {
    /// What came before.
    public let cache: KVCache
    /// The tokens of the next positions.
    public internal(set) var positions: [PositionTokens]
    /// Adapted speech features `[L, D]`, see ``OmniGPT/adapt(_:)``, and the positions whose audio embeddings they
    /// replace.
    public let speech: (features: Tensor<Float>, positions: Range<Int>)?
    /// Whether text is chosen next.
    public let wantsText: Bool
    /// Whether audio is chosen next.
    public let wantsAudio: Bool

    /// - Parameters:
    ///   - cache: what came before; the pass adds to it.
    ///   - positions: the tokens of the next positions, at least one.
    ///   - speech: adapted features, and where in `positions` they go.
    ///   - wantsText: whether the pass is to leave text logits of the last position.
    ///   - wantsAudio: whether the pass is to leave audio logits of the last position.
    public init(
        _ cache: KVCache, _ positions: [PositionTokens],
        speech: (features: Tensor<Float>, positions: Range<Int>)? = nil, wantsText: Bool, wantsAudio: Bool
    ) {
        precondition(!positions.isEmpty, "a pass over no position")
        if let speech {
            precondition(
                speech.positions.count == speech.features.shape[0] && speech.positions.upperBound <= positions.count,
                "features \(speech.features.shape) for positions \(speech.positions) of \(positions.count)")
        }
        self.cache = cache
        self.positions = positions
        self.speech = speech
        self.wantsText = wantsText
        self.wantsAudio = wantsAudio
    }

    /// Positions of this pass.
    var count: Int { positions.count }
}
