import OmniTensor

/// Activations, kept from pass to pass so that a decoding step allocates nothing of the model's size.
struct DecoderScratch: Sendable {
    /// `[N, D]`: the residual stream.
    var x = RowBuffer(width: 1)
    /// `[N, D]`: the audio branch of a model with a post-adapter.
    var branch = RowBuffer(width: 1)
    /// `[1, D]`: one embedding.
    var embedding = RowBuffer(width: 1)
    var angles = RotaryAngles()
    var block = BlockScratch()
}

/// What one block needs besides the residual stream.
struct BlockScratch: Sendable {
    var normalised = RowBuffer(width: 1)
    var parallel = RowBuffer(width: 1)
    var qkv = RowBuffer(width: 1)
    var gathered = RowBuffer(width: 1)
    /// `[n, D]`: the rows of the last block that logits come from.
    var kept = RowBuffer(width: 1)
    var feedForward = FeedForwardScratch()
}
