extension OmniGPT.Configuration {
    /// Far beyond every real model; numbers of a file that lies are refused here, before anything is made of them.
    static var largestCount: Int { 1 << 24 }
    private static var largestWidth: Int { 1 << 17 }

    /// Makes sure that a decoder can have this shape.
    ///
    /// - Throws: ``OmniGPTError/invalidConfiguration(field:reason:)``.
    public func validate() throws(OmniGPTError) {
        try require("block_size", contextLength, 1...Self.largestCount)
        try require("n_layer", layerCount, 0...1024)
        try require("post_adapter_layers", postAdapterLayerCount, 0...1024)
        try require("n_embd", width, 1...Self.largestWidth)
        try require("n_head", headCount, 1...Self.largestWidth)
        try require("head_size", headWidth, 1...Self.largestWidth)
        try require("n_head", headCount * headWidth, 1...16 * Self.largestWidth)
        try require("intermediate_size", mlpWidth, 1...16 * Self.largestWidth)
        try require("whisper_adapter_dim", featureWidth, 1...Self.largestWidth)
        try require("vision_adapter_dim", visionFeatureWidth ?? 1, 1...Self.largestWidth)
        try require("n_query_groups", groupCount, 1...headCount)
        guard headCount % groupCount == 0 else {
            throw .invalidConfiguration(
                field: "n_query_groups", reason: "\(headCount) heads cannot share \(groupCount) groups")
        }
        try validateVocabulary()
        try validateRotary()
        try validateFeedForward()
        guard hasParallelResidual || !sharesAttentionNorm else {
            throw .invalidConfiguration(
                field: "shared_attention_norm", reason: "it goes with a parallel residual only")
        }
        guard normEpsilon >= 0, normEpsilon.isFinite else {
            throw .invalidConfiguration(field: "norm_eps", reason: "\(normEpsilon) is not a small positive number")
        }
    }

    private func validateVocabulary() throws(OmniGPTError) {
        try require("text_vocab_size", textVocabularyCount, 1...Self.largestCount)
        try require("audio_vocab_size", audioVocabularyCount, 1...Self.largestCount)
        try require("padded_vocab_size", rowCount, 1...Self.largestCount)
        guard rowCount >= vocabulary.rowCount else {
            throw .invalidConfiguration(
                field: "padded_vocab_size",
                reason: "the streams need \(vocabulary.rowCount) rows and the table has \(rowCount)")
        }
        guard postAdapterLayerCount > 0 else { return }
        try require("cat_audio_vocab_size", postAdapterRowCount, 1...Self.largestCount)
        guard postAdapterRowCount >= vocabulary.audioRowCount else {
            throw .invalidConfiguration(
                field: "cat_audio_vocab_size",
                reason: "the streams need \(vocabulary.audioRowCount) rows and the head has \(postAdapterRowCount)")
        }
    }

    private func validateRotary() throws(OmniGPTError) {
        try require("rotary_percentage", rotaryWidth, 0...headWidth)
        guard rotaryWidth % 2 == 0 else {
            throw .invalidConfiguration(
                field: "rotary_percentage", reason: "\(rotaryWidth) values of a head cannot turn in pairs")
        }
        guard rotaryBase > 0, rotaryBase.isFinite else {
            throw .invalidConfiguration(field: "rope_base", reason: "\(rotaryBase) is not a positive number")
        }
        guard rotaryCondenseRatio > 0, rotaryCondenseRatio.isFinite else {
            throw .invalidConfiguration(
                field: "rope_condense_ratio", reason: "\(rotaryCondenseRatio) is not a positive number")
        }
    }

    private func validateFeedForward() throws(OmniGPTError) {
        guard feedForward == .mixtureOfExperts else { return }
        try require("n_expert", expertCount, 1...1024)
        try require("n_expert_per_token", expertsPerToken, 1...expertCount)
    }

    private func require(_ field: String, _ value: Int, _ range: ClosedRange<Int>) throws(OmniGPTError) {
        guard range.contains(value) else {
            throw .invalidConfiguration(
                field: field, reason: "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
        }
    }
}
