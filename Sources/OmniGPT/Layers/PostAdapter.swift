import OmniNN
import OmniTensor

/// Blocks of their own for the audio, after those that text and audio share, with a norm and a head of their own.
struct PostAdapter: Sendable {
    let blocks: [DecoderBlock]
    let norm: DecoderNorm
    let head: Linear  // [7 · audio vocabulary, D]

    init(
        _ weights: WeightScope, _ shape: OmniGPT.Configuration, rotary: RotaryEmbedding, engine: any ComputeEngine,
        precision: DecoderPrecision
    ) throws {
        blocks = try (0..<shape.postAdapterLayerCount).map { index in
            try DecoderBlock(
                weights.scope("post_adapter").scope(index), shape, rotary: rotary, engine: engine,
                layer: shape.layerCount + index, precision: precision)
        }
        norm = try DecoderNorm(weights.scope("post_adapter_audio_ln"), shape, engine: engine)
        let rows = 0..<shape.vocabulary.audioRowCount
        let wanted = WantedMatrix("weight.audio", [rows.count, shape.width], bias: shape.hasHeadBias)
        head = try Linear(
            weights.scope("post_adapter_audio_lm_head"), wanted, engine: engine, precision: precision.outside
        ) { weights in
            let bias = wanted.hasBias ? try weights.tensor("bias", [shape.postAdapterRowCount]) : nil
            return (
                try weights.tensor("weight", [shape.postAdapterRowCount, shape.width]).rows(rows), bias?.rows(rows)
            )
        }
    }
}
