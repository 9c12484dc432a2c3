public import OmniTensor

extension OmniGPT.Configuration {
    /// Far beyond every real model; numbers of a file that lies are refused here, before anything is made of them.
    static var largestCount: Int { 1 << 24 }
    private static var largestWidth: Int { 1 << 17 }

    /// Makes sure that a decoder can have this shape.
    public func validate() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("block_size", contextLength, in: 1...Self.largestCount)
        try ModelConfigurationError.require("n_layer", layerCount, in: 0...1024)
        try ModelConfigurationError.require("post_adapter_layers", postAdapterLayerCount, in: 0...1024)
        try ModelConfigurationError.require("n_embd", width, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("n_head", headCount, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("head_size", headWidth, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("n_head", headCount * headWidth, in: 1...16 * Self.largestWidth)
        try ModelConfigurationError.require("intermediate_size", mlpWidth, in: 1...16 * Self.largestWidth)
        try ModelConfigurationError.require("whisper_adapter_dim", featureWidth, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("vision_adapter_dim", visionFeatureWidth ?? 1, in: 1...Self.largestWidth)
        try ModelConfigurationError.require("n_query_groups", groupCount, in: 1...headCount)
        guard headCount % groupCount == 0 else {
            throw .invalid(
                field: "n_query_groups", reason: "\(headCount) heads cannot share \(groupCount) groups")
        }
        try validateVocabulary()
        try validateRotary()
        try validateFeedForward()
        guard hasParallelResidual || !sharesAttentionNorm else {
            throw .invalid(
                field: "shared_attention_norm", reason: "it goes with a parallel residual only")
        }
        guard normEpsilon >= 0, normEpsilon.isFinite else {
            throw .invalid(field: "norm_eps", reason: "\(normEpsilon) is not a small positive number")
        }
    }

    private func validateVocabulary() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("text_vocab_size", textVocabularyCount, in: 1...Self.largestCount)
        try ModelConfigurationError.require("audio_vocab_size", audioVocabularyCount, in: 1...Self.largestCount)
        try ModelConfigurationError.require("padded_vocab_size", rowCount, in: 1...Self.largestCount)
        guard rowCount >= vocabulary.rowCount else {
            throw .invalid(
                field: "padded_vocab_size",
                reason: "the streams need \(vocabulary.rowCount) rows and the table has \(rowCount)")
        }
        guard postAdapterLayerCount > 0 else { return }
        try ModelConfigurationError.require("cat_audio_vocab_size", postAdapterRowCount, in: 1...Self.largestCount)
        guard postAdapterRowCount >= vocabulary.audioRowCount else {
            throw .invalid(
                field: "cat_audio_vocab_size",
                reason: "the streams need \(vocabulary.audioRowCount) rows and the head has \(postAdapterRowCount)")
        }
    }

    private func validateRotary() throws(ModelConfigurationError) {
        try ModelConfigurationError.require("rotary_percentage", rotaryWidth, in: 0...headWidth)
        guard rotaryWidth % 2 == 0 else {
            throw .invalid(
                field: "rotary_percentage", reason: "\(rotaryWidth) values of a head cannot turn in pairs")
        }
        guard rotaryBase > 0, rotaryBase.isFinite else {
            throw .invalid(field: "rope_base", reason: "\(rotaryBase) is not a positive number")
        }
        guard rotaryCondenseRatio > 0, rotaryCondenseRatio.isFinite else {
            throw .invalid(
                field: "rope_condense_ratio", reason: "\(rotaryCondenseRatio) is not a positive number")
        }
    }

    private func validateFeedForward() throws(ModelConfigurationError) {
        guard feedForward == .mixtureOfExperts else { return }
        try ModelConfigurationError.require("n_expert", expertCount, in: 1...1024)
        try ModelConfigurationError.require("n_expert_per_token", expertsPerToken, in: 1...expertCount)
    }
}
