import Foundation
import OmniTensor

extension RandomModel {
    /// `model_config.yaml` as LitGPT writes it.
    var languageModelConfiguration: String {
        """
        name: random
        hf_config: {}
        scale_embeddings: false
        block_size: 2048
        vocab_size: \(dimensions.rowCount)
        padding_multiple: 64
        padded_vocab_size: \(dimensions.rowCount)
        n_layer: \(dimensions.layerCount)
        n_head: \(dimensions.headCount)
        head_size: \(dimensions.headWidth)
        n_embd: \(dimensions.width)
        rotary_percentage: 1.0
        parallel_residual: false
        bias: false
        lm_head_bias: false
        n_query_groups: \(dimensions.groupCount)
        shared_attention_norm: false
        norm_class_name: RMSNorm
        norm_eps: 1.0e-06
        mlp_class_name: LLaMAMLP
        gelu_approximate: none
        intermediate_size: \(dimensions.mlpWidth)
        rope_condense_ratio: 1
        rope_base: 1000000
        n_expert: 0
        n_expert_per_token: 0
        add_qkv_bias: true
        prompt_vocab_size: null
        attn_dropout: 0.0
        pos_type: rope
        force_align: false
        use_pretrain_phoneme_emb: false
        tie_word_embeddings: true
        text_vocab_size: \(dimensions.textVocabularyCount)
        cat_audio_vocab_size: \(RandomModelDimensions.audioStreamCount * dimensions.audioVocabularyCount)
        audio_vocab_size: \(dimensions.audioVocabularyCount)
        whisper_adapter_dim: \(dimensions.encoderWidth)
        post_adapter: false
        post_adapter_layers: 6
        asr_adapter: llamamlp

        """
    }

    /// `lit_model.pth`: the decoder with its adapter, the table tied to the head.
    func writeLanguageModel(to url: URL) throws {
        let (width, mlpWidth) = (dimensions.width, dimensions.mlpWidth)
        let attentionWidth = dimensions.headCount * dimensions.headWidth
        var file = CheckpointMembers(RandomWeights(seed: seed))

        file.addLayer("whisper_adapter.fc_1", [mlpWidth, dimensions.encoderWidth], bias: false)
        file.addLayer("whisper_adapter.fc_2", [mlpWidth, dimensions.encoderWidth], bias: false)
        file.addLayer("whisper_adapter.proj", [width, mlpWidth], bias: false)
        let dimensions = dimensions
        file.add(
            "lm_head.weight",
            file.weights.tensor("lm_head", [dimensions.rowCount, width], deviation: 0.02) { element in
                dimensions.isSpecial(row: element / width)
            })
        file.add("transformer.wte.weight", .tied(to: "lm_head.weight"))
        for layer in 0..<dimensions.layerCount {
            let block = "transformer.h.\(layer)."
            file.addNorm(block + "norm_1", width, bias: false)
            file.addLayer(
                block + "attn.attn", [attentionWidth + 2 * dimensions.groupCount * dimensions.headWidth, width])
            file.addLayer(block + "attn.proj", [width, attentionWidth], bias: false)
            file.addNorm(block + "norm_2", width, bias: false)
            file.addLayer(block + "mlp.fc_1", [mlpWidth, width], bias: false)
            file.addLayer(block + "mlp.fc_2", [mlpWidth, width], bias: false)
            file.addLayer(block + "mlp.proj", [width, mlpWidth], bias: false)
        }
        file.addNorm("transformer.ln_f", width, bias: false)
        try PyTorchArchiveWriter.write(CheckpointDictionary(file.members), to: url)
    }
}
