extension OmniGPT {
    /// The shape of a decoder: what LitGPT's `Config` calls by other names, which are given here, with its defaults.
    public struct Configuration: Sendable, Hashable {
        /// How the rows of a layer are normalised (`norm_class_name`).
        public enum Norm: String, Sendable, Hashable {
            /// Mean and variance, with weight and bias.
            case layer = "LayerNorm"
            /// Root mean square, with weight.
            case rms = "RMSNorm"
        }

        /// The perceptron of a block (`mlp_class_name`).
        public enum FeedForward: String, Sendable, Hashable {
            /// `proj(gelu(fc x))`.
            case plain = "GptNeoxMLP"
            /// `proj(silu(fc_1 x) · fc_2 x)`.
            case swiGLU = "LLaMAMLP"
            /// `proj(gelu(fc_1 x) · fc_2 x)`.
            case geGLU = "GemmaMLP"
            /// A few of many ``swiGLU``, chosen for each position.
            case mixtureOfExperts = "LLaMAMoE"
        }

        /// How speech features become as wide as embeddings (`asr_adapter`).
        public enum Adapter: String, Sendable, Hashable {
            /// One matrix.
            case linear = "mlp"
            /// A gated perceptron.
            case swiGLU = "llamamlp"
        }

        /// What the file calls the model (`name`).
        public var name = ""
        /// Positions that the model was trained for (`block_size`).
        public var contextLength = 4096
        /// Rows of the shared table and of the head (`padded_vocab_size`).
        public var rowCount = 50_688
        /// Blocks (`n_layer`).
        public var layerCount = 16
        /// Values in a position (`n_embd`).
        public var width = 4096
        /// Query heads (`n_head`).
        public var headCount = 32
        /// Values in a head (`head_size`).
        public var headWidth = 128
        /// Heads of keys and values (`n_query_groups`).
        public var groupCount = 32
        /// Hidden values of a perceptron (`intermediate_size`).
        public var mlpWidth = 16_384
        /// How rows are normalised.
        public var norm = Norm.layer
        /// Added to a variance or mean square (`norm_eps`).
        public var normEpsilon: Float = 1e-5
        /// The perceptron of a block.
        public var feedForward = FeedForward.plain
        /// Whether gelu takes its hyperbolic-tangent form (`gelu_approximate`).
        public var usesTanhGELU = false
        /// Experts of a block, and how many a position asks (`n_expert`, `n_expert_per_token`).
        public var expertCount = 0
        /// How many experts a position asks.
        public var expertsPerToken = 0
        /// Whether attention and perceptron of a block both read what came in (`parallel_residual`).
        public var hasParallelResidual = true
        /// Whether they read it through one norm (`shared_attention_norm`).
        public var sharesAttentionNorm = false
        /// Whether matrices have biases (`bias`).
        public var hasBias = true
        /// Whether those of queries, keys and values have (`add_qkv_bias`).
        public var hasAttentionBias = true
        /// Whether the head has one (`lm_head_bias`).
        public var hasHeadBias = false
        /// Values of a head that turn with the position (`rotary_percentage` of the head).
        public var rotaryWidth = 32
        /// The base of the angles (`rope_base`).
        public var rotaryBase: Float = 10_000
        /// Positions are divided by this (`rope_condense_ratio`).
        public var rotaryCondenseRatio: Float = 1
        /// Whether embeddings are multiplied by the root of the width (`scale_embeddings`).
        public var scalesEmbeddings = false
        /// Whether the head is the table (`tie_word_embeddings`).
        public var tiesEmbeddings = false
        /// Text tokens, special ones included (`text_vocab_size`).
        public var textVocabularyCount = 152_000
        /// Audio tokens of one stream, special ones included (`audio_vocab_size`).
        public var audioVocabularyCount = 4160
        /// Values in a row of speech features (`whisper_adapter_dim`).
        public var featureWidth = 768
        /// Values in a row of picture features (`vision_adapter_dim`, Mini-Omni2); `nil` for a model that only hears.
        /// The weights for them (`vision_adapter`) are left in their file.
        public var visionFeatureWidth: Int?
        /// How features become embeddings.
        public var adapter = Adapter.swiGLU
        /// Blocks of an audio branch with a head of its own; 0 without one (`post_adapter`, `post_adapter_layers`).
        public var postAdapterLayerCount = 0
        /// Rows of that head; those after the last audio token are padding (`cat_audio_vocab_size`).
        public var postAdapterRowCount = 29_120

        /// LitGPT's defaults.
        public init() {}
    }
}

extension OmniGPT.Configuration {
    /// The released Mini-Omni: a body of Qwen2-0.5B.
    public static var miniOmni: Self {
        var configuration = Self()
        configuration.name = "Qwen2-0.5B"
        configuration.contextLength = 2048
        configuration.rowCount = 181_120
        configuration.layerCount = 24
        configuration.width = 896
        configuration.headCount = 14
        configuration.headWidth = 64
        configuration.groupCount = 2
        configuration.mlpWidth = 4864
        configuration.norm = .rms
        configuration.normEpsilon = 1e-6
        configuration.feedForward = .swiGLU
        configuration.hasParallelResidual = false
        configuration.hasBias = false
        configuration.rotaryWidth = 64
        configuration.rotaryBase = 1_000_000
        configuration.tiesEmbeddings = true
        return configuration
    }

    /// Whether a norm's weights are stored less one, as Gemma has them; LitGPT tells by the name.
    var addsUnitOffset: Bool { name.contains("Gemma") }

    /// Where tokens are found in the shared table.
    public var vocabulary: VocabularyLayout {
        VocabularyLayout(textCount: textVocabularyCount, audioCount: audioVocabularyCount)
    }
}
