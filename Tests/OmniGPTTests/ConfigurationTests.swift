import Foundation
import OmniTensor
import TestSupport
import Testing

@testable import OmniGPT

/// `model_config.yaml`: LitGPT's defaults, what it derives, and what no decoder can have.
@Suite struct ConfigurationTests {
    /// What the reference's own `Config` made of a variant's file.
    struct Derived: Decodable {
        let padded_vocab_size: Int
        let head_size: Int
        let n_query_groups: Int
        let intermediate_size: Int
        let rope_n_elem: Int
        let add_qkv_bias: Bool
        let norm_class_name: String
        let mlp_class_name: String
        let parallel_residual: Bool
        let bias: Bool
    }

    struct Variant: Decodable {
        let config: Derived
    }

    @Test(arguments: GoldenVariantTests.names.filter { !["seeing", "tied_apart", "wrapped"].contains($0) })
    func derivedValuesAreTheReferences(name: String) throws {
        let variants = try Fixture.json("tiny/gpt_variants/index.json", as: [String: Variant].self)
        let expected = try #require(variants[name]).config
        let found = try OmniGPT.Configuration.load(from: Fixture.url("tiny/gpt_variants/\(name)/model_config.yaml"))
        #expect(found.rowCount == expected.padded_vocab_size)
        #expect(found.headWidth == expected.head_size)
        #expect(found.groupCount == expected.n_query_groups)
        #expect(found.mlpWidth == expected.intermediate_size)
        #expect(found.rotaryWidth == expected.rope_n_elem)
        #expect(found.hasAttentionBias == expected.add_qkv_bias)
        #expect(found.norm.rawValue == expected.norm_class_name)
        #expect(found.feedForward.rawValue == expected.mlp_class_name)
        #expect(found.hasParallelResidual == expected.parallel_residual)
        #expect(found.hasBias == expected.bias)
    }

    /// Vocabularies small enough for the default table, which has no room for the released ones.
    private static let small = "text_vocab_size: 600\naudio_vocab_size: 100\n"

    @Test func everythingHasADefault() throws {
        var expected = OmniGPT.Configuration()
        expected.textVocabularyCount = 600
        expected.audioVocabularyCount = 100
        #expect(try OmniGPT.Configuration(yaml: Self.small) == expected)
        #expect(try OmniGPT.Configuration(yaml: Self.small + "name: null\nn_layer: ~\n") == expected)
    }

    @Test func unknownFieldsAreIgnored() throws {
        #expect(
            try OmniGPT.Configuration(yaml: Self.small + "sliding_window: [1, {a: b}]\n")
                == OmniGPT.Configuration(yaml: Self.small))
    }

    @Test func theReleasedModel() throws {
        let file = """
            name: Qwen2-0.5B
            block_size: 2048
            padded_vocab_size: 181120
            n_layer: 24
            n_head: 14
            n_embd: 896
            n_query_groups: 2
            intermediate_size: 4864
            rotary_percentage: 1
            parallel_residual: false
            bias: false
            add_qkv_bias: true
            norm_class_name: RMSNorm
            norm_eps: 1.0e-06
            mlp_class_name: LLaMAMLP
            rope_base: 1000000
            tie_word_embeddings: true
            """
        #expect(try OmniGPT.Configuration(yaml: file) == .miniOmni)
        try OmniGPT.Configuration.miniOmni.validate()
    }

    /// A Gemma is known by its name, or by the one it was published under.
    @Test func gemmaByEitherName() throws {
        func addsUnitOffset(_ yaml: String) throws -> Bool {
            try OmniGPT.Configuration(yaml: Self.small + yaml).addsUnitOffset
        }
        #expect(try addsUnitOffset("name: Gemma-2b"))
        #expect(try addsUnitOffset("hf_config: {org: google, name: CodeGemma-7b}"))
        #expect(try addsUnitOffset("name: ''\nhf_config: {name: Gemma}"))
        #expect(try !addsUnitOffset("name: Qwen2\nhf_config: {name: Gemma}"))
        #expect(try !addsUnitOffset("hf_config: {}"))
    }

    @Test(arguments: [
        ("n_embd", "4096.5"), ("n_embd", "wide"), ("n_layer", "[1]"), ("bias", "3"), ("norm_eps", "small"),
        ("name", "{a: b}"), ("rope_base", "true"), ("n_head", "{}"),
    ])
    func wrongTypes(field: String, value: String) {
        let error = #expect(throws: ModelConfigurationError.self) {
            try OmniGPT.Configuration(yaml: Self.small + "\(field): \(value)", file: "model_config.yaml")
        }
        #expect(error?.code == .malformed && error?.file == "model_config.yaml" && error?.field == field)
    }

    @Test(arguments: [
        ("block_size", "0"), ("n_embd", "0"), ("n_layer", "-1"), ("n_head", "0"), ("n_head", "31"),
        ("head_size", "0"), ("n_query_groups", "5"), ("n_query_groups", "64"), ("n_query_groups", "0"),
        ("intermediate_size", "0"), ("mlp_class_name", "LLaMAMLP"), ("mlp_class_name", "MLP"),
        ("mlp_class_name", "LLaMAMoE"), ("norm_class_name", "BatchNorm"), ("gelu_approximate", "sigmoid"),
        ("norm_eps", "-1"), ("norm_eps", ".nan"), ("rotary_percentage", "1.5"), ("rotary_percentage", "0.01"),
        ("rope_base", "0"), ("rope_base", ".inf"), ("rope_condense_ratio", "0"), ("padded_vocab_size", "1299"),
        ("vocab_size", "0"), ("padding_multiple", "0"), ("text_vocab_size", "0"), ("audio_vocab_size", "-3"),
        ("whisper_adapter_dim", "0"), ("asr_adapter", "conv"),
        ("shared_attention_norm", "true\nparallel_residual: false"),
        ("post_adapter", "true\ncat_audio_vocab_size: 699"), ("n_expert", "2\nmlp_class_name: LLaMAMoE"),
    ])
    func valuesThatNoDecoderHas(field: String, value: String) {
        let others = field.hasSuffix("vocab_size") && field != "padded_vocab_size" ? "" : Self.small
        let error = #expect(throws: ModelConfigurationError.self) {
            try OmniGPT.Configuration(yaml: others + "\(field): \(value)", file: "model_config.yaml")
        }
        #expect(error?.code == .invalid && error?.file == "model_config.yaml" && error?.field != nil)
    }
}
