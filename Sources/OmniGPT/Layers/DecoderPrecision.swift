import OmniTensor

/// How precisely each matrix of a decoder is kept: rounding does not cost the same everywhere.
///
/// The costs are divergences of the logits of Qwen2.5-0.5B, estimated from squared gradients; `Benchmarks/README.md`
/// has them.
struct DecoderPrecision: Sendable {
    /// What the model was asked to be kept as.
    let asked: WeightPrecision
    /// Blocks of the model.
    let layerCount: Int

    /// Embeddings, head and adapter.
    var outside: WeightPrecision { asked == .mixed ? .int4 : asked }

    /// The matrices of attention. For each byte that 8 bits take more they gain five times as much as others: keys and
    /// values are few, and every later position reads them.
    var attention: WeightPrecision { asked == .int4 || asked == .mixed ? .int8 : asked }

    /// The matrices that a block's perceptron starts with; blocks of the audio's own count on after the shared ones.
    /// In the first sixth and the last five twelfths rounding costs two to four times as much as between them.
    func feedForward(layer: Int) -> WeightPrecision {
        guard asked == .mixed else { return asked }
        return layer * 6 < layerCount || layer * 12 >= layerCount * 7 ? .int8 : .int4
    }

    /// The matrix that makes a perceptron's result: 4 bits only in the eighth of the blocks before the middle, so that
    /// the whole takes no more bytes than llama.cpp's Q4_K_M.
    func feedForwardOutput(layer: Int) -> WeightPrecision {
        guard asked == .mixed else { return asked }
        return layer * 3 < layerCount || layer * 24 >= layerCount * 11 ? .int8 : .int4
    }
}
