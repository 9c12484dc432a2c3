import OmniTensor

/// What a checkpoint calls the parts of a text decoder: openai-whisper and Hugging Face store the same tensors.
struct DecoderNames: Sendable, Hashable {
    /// Where the decoder begins.
    var root: String
    var embedding = "token_embedding.weight"
    var positions = "positional_embedding"
    var blocks = "blocks"
    var finalNorm = "ln"
    // Inside a block: self-attention, cross-attention, perceptron.
    var attentionNorm = "attn_ln"
    var query = "attn.query"
    var key = "attn.key"
    var value = "attn.value"
    var out = "attn.out"
    var crossNorm = "cross_attn_ln"
    var crossQuery = "cross_attn.query"
    var crossKey = "cross_attn.key"
    var crossValue = "cross_attn.value"
    var crossOut = "cross_attn.out"
    var mlpNorm = "mlp_ln"
    var mlpIn = "mlp.0"
    var mlpOut = "mlp.2"

    private init(root: String) { self.root = root }

    /// The names of openai-whisper.
    static func openAI(root: String) -> DecoderNames { DecoderNames(root: root) }

    /// The names of Hugging Face.
    static func huggingFace(root: String) -> DecoderNames {
        var names = DecoderNames(root: root)
        names.embedding = "embed_tokens.weight"
        names.positions = "embed_positions.weight"
        names.blocks = "layers"
        names.finalNorm = "layer_norm"
        names.attentionNorm = "self_attn_layer_norm"
        names.query = "self_attn.q_proj"
        names.key = "self_attn.k_proj"
        names.value = "self_attn.v_proj"
        names.out = "self_attn.out_proj"
        names.crossNorm = "encoder_attn_layer_norm"
        names.crossQuery = "encoder_attn.q_proj"
        names.crossKey = "encoder_attn.k_proj"
        names.crossValue = "encoder_attn.v_proj"
        names.crossOut = "encoder_attn.out_proj"
        names.mlpNorm = "final_layer_norm"
        names.mlpIn = "fc1"
        names.mlpOut = "fc2"
        return names
    }

    /// Finds out how a checkpoint names things.
    ///
    /// - Throws: ``WhisperError/noDecoder(file:)``.
    init(of weights: WeightScope) throws(WhisperError) {
        for names in [Self.openAI(root: "decoder"), Self.huggingFace(root: "decoder")] {
            guard let wrapper = weights.wrapper(of: "decoder." + names.embedding) else { continue }
            self = names
            root = wrapper + root
            return
        }
        throw .noDecoder(file: weights.file)
    }
}
