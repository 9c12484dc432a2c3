import OmniTensor

/// What a checkpoint calls the parts of an encoder: openai-whisper and Hugging Face store the same tensors.
struct EncoderNames: Sendable, Hashable {
    /// Where the encoder begins.
    var root: String
    var positions = "positional_embedding"
    var blocks = "blocks"
    var finalNorm = "ln_post"
    // Inside a block.
    var attentionNorm = "attn_ln"
    var query = "attn.query"
    var key = "attn.key"
    var value = "attn.value"
    var out = "attn.out"
    var mlpNorm = "mlp_ln"
    var mlpIn = "mlp.0"
    var mlpOut = "mlp.2"

    /// The names of openai-whisper.
    static func openAI(root: String) -> EncoderNames { EncoderNames(root: root) }

    /// The names of Hugging Face.
    static func huggingFace(root: String) -> EncoderNames {
        EncoderNames(
            root: root, positions: "embed_positions.weight", blocks: "layers", finalNorm: "layer_norm",
            attentionNorm: "self_attn_layer_norm", query: "self_attn.q_proj", key: "self_attn.k_proj",
            value: "self_attn.v_proj", out: "self_attn.out_proj", mlpNorm: "final_layer_norm", mlpIn: "fc1",
            mlpOut: "fc2")
    }

    /// Finds out how a checkpoint names things.
    ///
    /// - Throws: ``WhisperError/noEncoder(file:)``.
    init(of weights: WeightScope) throws(WhisperError) {
        guard let wrapper = weights.wrapper(of: "encoder.conv1.weight") else { throw .noEncoder(file: weights.file) }
        let candidates = [Self.openAI(root: wrapper + "encoder"), Self.huggingFace(root: wrapper + "encoder")]
        // The final norm is the one tensor that every encoder has and that the two call differently.
        guard
            let names = candidates.first(where: { weights.scope($0.root).contains($0.finalNorm + ".weight") })
        else { throw .noEncoder(file: weights.file) }
        self = names
    }

    private init(
        root: String, positions: String, blocks: String, finalNorm: String, attentionNorm: String, query: String,
        key: String, value: String, out: String, mlpNorm: String, mlpIn: String, mlpOut: String
    ) {
        self.root = root
        self.positions = positions
        self.blocks = blocks
        self.finalNorm = finalNorm
        self.attentionNorm = attentionNorm
        self.query = query
        self.key = key
        self.value = value
        self.out = out
        self.mlpNorm = mlpNorm
        self.mlpIn = mlpIn
        self.mlpOut = mlpOut
    }

    private init(root: String) { self.root = root }
}
