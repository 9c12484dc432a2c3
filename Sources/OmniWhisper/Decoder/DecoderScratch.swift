import OmniTensor

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
