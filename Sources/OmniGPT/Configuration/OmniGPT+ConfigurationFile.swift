public import Foundation
public import OmniTensor

extension OmniGPT.Configuration {
    /// Reads `model_config.yaml`. What the file does not say has LitGPT's default; what LitGPT does not know is
    /// ignored.
    public static func load(from file: URL) throws(ModelConfigurationError) -> Self {
        try Self(ConfigurationFields(contentsOf: file))
    }

    /// Reads the text of a `model_config.yaml`; `file` is for messages. See ``load(from:)``.
    public init(yaml text: String, file: String = "memory") throws(ModelConfigurationError) {
        try self.init(ConfigurationFields(yaml: text, file: file))
    }

    private init(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        self.init()
        do { try read(fields) } catch { throw error.located(in: fields.file) }
    }

    private mutating func read(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        name = try fields.string("name") ?? name
        if name.isEmpty { name = fields.string("name", in: "hf_config") ?? name }
        contextLength = try fields.int("block_size") ?? contextLength
        layerCount = try fields.int("n_layer") ?? layerCount
        width = try fields.int("n_embd") ?? width
        headCount = try fields.int("n_head") ?? headCount
        try readHeads(fields)
        try readVocabulary(fields)
        try readFeedForward(fields)
        try readSwitches(fields)
        try readRotary(fields)
        try readSpeech(fields)
        try validate()
    }

    private mutating func readHeads(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        if let stated = try fields.int("head_size") {
            headWidth = stated
        } else {
            try ModelConfigurationError.require("n_head", headCount: headCount, dividing: width)
            headWidth = width / headCount
        }
        groupCount = try fields.int("n_query_groups") ?? headCount
    }

    private mutating func readVocabulary(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        if let padded = try fields.int("padded_vocab_size") {
            rowCount = padded
        } else {
            let count = try fields.int("vocab_size") ?? 50_254
            let multiple = try fields.int("padding_multiple") ?? 512
            guard (1...Self.largestCount).contains(multiple), (1...Self.largestCount).contains(count) else {
                throw .invalid(field: "vocab_size", reason: "\(count) padded to multiples of \(multiple)")
            }
            rowCount = (count + multiple - 1) / multiple * multiple
        }
        textVocabularyCount = try fields.int("text_vocab_size") ?? textVocabularyCount
        audioVocabularyCount = try fields.int("audio_vocab_size") ?? audioVocabularyCount
        tiesEmbeddings = try fields.bool("tie_word_embeddings") ?? tiesEmbeddings
    }

    private mutating func readFeedForward(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        norm = try fields.choice("norm_class_name") ?? norm
        normEpsilon = try fields.float("norm_eps") ?? normEpsilon
        feedForward = try fields.choice("mlp_class_name") ?? feedForward
        usesTanhGELU = try fields.choice("gelu_approximate") == GELU.tanh
        expertCount = try fields.int("n_expert") ?? expertCount
        expertsPerToken = try fields.int("n_expert_per_token") ?? expertsPerToken
        if let stated = try fields.int("intermediate_size") {
            mlpWidth = stated
        } else {
            guard feedForward != .swiGLU else {
                throw .invalid(field: "intermediate_size", reason: "an LLaMAMLP needs it")
            }
            mlpWidth = width.multipliedReportingOverflow(by: 4).partialValue
        }
    }

    private mutating func readSwitches(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        hasParallelResidual = try fields.bool("parallel_residual") ?? hasParallelResidual
        sharesAttentionNorm = try fields.bool("shared_attention_norm") ?? sharesAttentionNorm
        hasBias = try fields.bool("bias") ?? hasBias
        hasAttentionBias = try fields.bool("add_qkv_bias") ?? hasBias
        hasHeadBias = try fields.bool("lm_head_bias") ?? hasHeadBias
        scalesEmbeddings = try fields.bool("scale_embeddings") ?? scalesEmbeddings
    }

    private mutating func readRotary(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        let share = try fields.double("rotary_percentage") ?? 0.25
        guard (0...1).contains(share) else {
            throw .invalid(field: "rotary_percentage", reason: "\(share) is not in 0...1")
        }
        // A width that lies would not fit an integer again.
        rotaryWidth = Int(share * Double(min(max(headWidth, 0), Self.largestCount)))
        rotaryBase = try fields.float("rope_base") ?? rotaryBase
        rotaryCondenseRatio = try fields.float("rope_condense_ratio") ?? rotaryCondenseRatio
    }

    private mutating func readSpeech(_ fields: ConfigurationFields) throws(ModelConfigurationError) {
        featureWidth = try fields.int("whisper_adapter_dim") ?? featureWidth
        adapter = try fields.choice("asr_adapter") ?? adapter
        visionFeatureWidth = try fields.int("vision_adapter_dim") ?? visionFeatureWidth
        if try fields.bool("post_adapter") ?? false {
            postAdapterLayerCount = try fields.int("post_adapter_layers") ?? 6
            postAdapterRowCount = try fields.int("cat_audio_vocab_size") ?? 29_120
        }
    }

    /// What PyTorch's gelu calls its forms.
    private enum GELU: String {
        case exact = "none"
        case tanh
    }
}
