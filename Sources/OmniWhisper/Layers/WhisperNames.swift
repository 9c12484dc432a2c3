import OmniTensor

/// The halves of a Whisper model.
enum WhisperPart: String, Sendable {
    case encoder, decoder
}

/// What a checkpoint calls the tensors of a half: openai-whisper and Hugging Face store the same ones.
struct WhisperNames: Sendable, Hashable {
    /// Where the half begins.
    var root: String
    /// The decoder's table of tokens.
    var embedding = "token_embedding.weight"
    var positions = "positional_embedding"
    var blocks = "blocks"
    var finalNorm: String
    // Inside a block: self-attention, the decoder's attention to the audio, perceptron.
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

    private init(root: String, finalNorm: String) {
        self.root = root
        self.finalNorm = finalNorm
    }

    /// The names of openai-whisper.
    static func openAI(_ part: WhisperPart, root: String) -> WhisperNames {
        WhisperNames(root: root, finalNorm: part == .encoder ? "ln_post" : "ln")
    }

    /// The names of Hugging Face.
    static func huggingFace(root: String) -> WhisperNames {
        var names = WhisperNames(root: root, finalNorm: "layer_norm")
        names.embedding = "embed_tokens.weight"
        names.positions = "embed_positions.weight"
        names.blocks = "layers"
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
    /// - Throws: `CheckpointError` when it has not got that half, under any name that is in use.
    init(of part: WhisperPart, in weights: WeightScope) throws(CheckpointError) {
        let candidates = [Self.openAI(part, root: part.rawValue), .huggingFace(root: part.rawValue)]
        for var names in candidates {
            let tensor = part == .encoder ? "conv1.weight" : names.embedding
            guard let wrapper = weights.wrapper(of: part.rawValue + "." + tensor) else { continue }
            names.root = wrapper + names.root
            // The final norm is the one tensor that every encoder has and that the two call differently.
            guard part == .decoder || weights.scope(names.root).contains(names.finalNorm + ".weight") else { continue }
            self = names
            return
        }
        throw Self.missing(part, in: weights)
    }

    static func missing(_ part: WhisperPart, in weights: WeightScope) -> CheckpointError {
        let name = part == .encoder ? "encoder" : "text decoder"
        return CheckpointError(
            .unknownNetwork, file: weights.file, reason: "there is no Whisper \(name) among the tensors")
    }
}

extension WhisperNames {
    /// What the shapes of a half tell of its blocks.
    ///
    /// - Parameter width: values in a position; heads are 64 wide in every published model.
    /// - Throws: `ModelConfigurationError` when the width is no multiple of 64.
    func blockDimensions(
        in weights: WeightScope, width: Int, headField: String
    ) throws(ModelConfigurationError) -> (headCount: Int, layerCount: Int, mlpWidth: Int?) {
        guard width > 0, width % 64 == 0 else {
            throw ModelConfigurationError(
                .invalid, file: weights.file, field: headField,
                reason: "nothing tells how many heads share a width of \(width)")
        }
        let blocks = weights.scope(root).scope(blocks)
        var layerCount = 0
        while blocks.scope(layerCount).contains(query + ".weight") { layerCount += 1 }
        return (width / 64, layerCount, blocks.scope(0).info(mlpIn + ".bias")?.shape.dimensions.first)
    }
}
