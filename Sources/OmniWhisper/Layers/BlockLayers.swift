import OmniNN
import OmniTensor

/// Reads the layers of a block from its scope of a checkpoint.
struct BlockLayers {
    let weights: WeightScope
    /// Values in a position.
    let width: Int
    let engine: any ComputeEngine
    let precision: WeightPrecision

    func norm(_ name: String) throws -> LayerNorm {
        try LayerNorm(weights.scope(name), width: width, epsilon: WhisperEncoder.normEpsilon, engine: engine)
    }

    /// A matrix `[out, in]`; both are the block's width unless given.
    func linear(_ name: String, in input: Int? = nil, out output: Int? = nil, bias: Bool = true) throws -> Linear {
        try Linear(
            weights.scope(name), in: input ?? width, out: output ?? width, bias: bias, engine: engine,
            precision: precision)
    }

    /// The perceptron of a block, whose hidden values go through gelu.
    func perceptron(_ names: WhisperNames, hiddenWidth: Int) throws -> Perceptron {
        try Perceptron(
            norm: norm(names.mlpNorm), expand: linear(names.mlpIn, out: hiddenWidth),
            contract: linear(names.mlpOut, in: hiddenWidth))
    }

    /// The matrices of self-attention.
    func selfAttention(_ names: WhisperNames) throws -> AttentionLayers {
        try AttentionLayers(
            norm: norm(names.attentionNorm), query: linear(names.query), key: linear(names.key, bias: false),
            value: linear(names.value), out: linear(names.out))
    }

    /// The matrices of the decoder's attention to the audio.
    func crossAttention(_ names: WhisperNames) throws -> AttentionLayers {
        try AttentionLayers(
            norm: norm(names.crossNorm), query: linear(names.crossQuery), key: linear(names.crossKey, bias: false),
            value: linear(names.crossValue), out: linear(names.crossOut))
    }
}

/// The matrices of an attention `[D, D]` and the norm before it. Keys have no bias.
struct AttentionLayers: Sendable {
    let norm: LayerNorm
    let query, key, value, out: Linear
}

/// The matrices of a perceptron and the norm before it.
struct Perceptron: Sendable {
    let norm: LayerNorm
    let expand: Linear  // [4D, D]
    let contract: Linear  // [D, 4D]
}
