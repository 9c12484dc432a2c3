import OmniTensor

/// Buffers that all layers of an encoder or decoder share.
struct CodecScratch: Sendable {
    /// The rows on their way.
    var x = RowBuffer(width: 1)
    var y = RowBuffer(width: 1)
    /// One number of noise for each row.
    var amplitudes = RowBuffer(width: 1)
}
