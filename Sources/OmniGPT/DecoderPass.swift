public import OmniTensor

/// One forward pass in progress, block by block, so that other work can be done between its blocks. It needs the same
/// model and workspace throughout; no other pass may use the workspace or the caches before it is over.
struct DecoderPass {
    private let segments: [DecoderSegment]
    private var nextBlock = 0

    /// Looks the tokens up.
    init(_ model: OmniGPT, _ segments: [DecoderSegment], _ workspace: DecoderWorkspace) {
        self.segments = segments
        let rowCount = segments.reduce(0) { $0 + $1.count }
        workspace.scratch.x.reshape(rowCount: rowCount, width: model.configuration.width)
        workspace.scratch.embed(segments, model)
        workspace.scratch.setAngles(segments, rowCount: rowCount, model)
    }

    /// Forwards all rows through the next block; after the last one leaves the logits that were asked for, and adds the
    /// positions to the caches.
    ///
    /// - Returns: whether there is more to do.
    mutating func advance(_ model: OmniGPT, _ workspace: DecoderWorkspace) -> Bool {
        let trunkCount = model.blocks.count
        if nextBlock == trunkCount - 1, endsEarly(model) {
            workspace.scratch.forwardLastRows(through: model.blocks[nextBlock], segments, layer: nextBlock)
        } else if nextBlock < trunkCount {
            workspace.scratch.forward(through: model.blocks[nextBlock], segments, layer: nextBlock)
        } else if let postAdapter = model.postAdapter, nextBlock < trunkCount + postAdapter.blocks.count {
            if nextBlock == trunkCount { workspace.scratch.branch = workspace.scratch.x }
            workspace.scratch.forwardBranch(
                through: postAdapter.blocks[nextBlock - trunkCount], segments, layer: nextBlock)
        }
        nextBlock += 1
        guard nextBlock >= trunkCount + (model.postAdapter?.blocks.count ?? 0) else { return true }
        project(model, workspace)
        for segment in segments { segment.cache.advance(by: segment.count) }
        return false
    }

    /// Whether the last block forwards only some rows: behind it only those are needed that logits come from.
    private func endsEarly(_ model: OmniGPT) -> Bool {
        model.postAdapter == nil && segments.contains { $0.count > 1 || !$0.wantsLogits }
    }

    /// The logits of the last positions of those sequences that want some.
    private func project(_ model: OmniGPT, _ workspace: DecoderWorkspace) {
        workspace.text.select(segments) { $0.wantsText }
        workspace.audio.select(segments) { $0.wantsAudio }
        let (scratch, postAdapter) = (workspace.scratch, model.postAdapter)
        workspace.text.project(scratch.x, segments, model.finalNorm, model.head.text)
        workspace.audio.project(
            postAdapter == nil ? scratch.x : scratch.branch, segments, postAdapter?.norm ?? model.finalNorm,
            postAdapter?.head ?? model.head.audio)
    }
}

extension DecoderScratch {
    fileprivate mutating func embed(_ segments: [DecoderSegment], _ model: OmniGPT) {
        model.embed(segments, into: &x, &embedding)
    }

    fileprivate mutating func setAngles(_ segments: [DecoderSegment], rowCount: Int, _ model: OmniGPT) {
        model.setAngles(segments, rowCount: rowCount, cosines: &angles.cosines, sines: &angles.sines)
    }

    fileprivate mutating func forward(through next: DecoderBlock, _ segments: [DecoderSegment], layer: Int) {
        next(&x, segments, layer: layer, angles: angles, &block)
    }

    fileprivate mutating func forwardLastRows(through last: DecoderBlock, _ segments: [DecoderSegment], layer: Int) {
        last.forwardLastRows(&x, segments, layer: layer, angles: angles, &block)
    }

    fileprivate mutating func forwardBranch(through next: DecoderBlock, _ segments: [DecoderSegment], layer: Int) {
        next(&branch, segments, layer: layer, angles: angles, &block)
    }
}

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
