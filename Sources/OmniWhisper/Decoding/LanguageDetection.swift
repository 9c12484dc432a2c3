public import OmniTensor

extension Whisper {
    /// How probable each language is.
    ///
    /// - Parameters:
    ///   - features: the whole context `[T, D]` of an utterance.
    ///   - vocabulary: the tokens of this model.
    /// - Returns: probabilities that add up to 1.
    /// - Throws: ``WhisperError/invalidOption(option:reason:)`` for an English-only model.
    public func detectLanguage(
        of features: Tensor<Float>, _ vocabulary: WhisperVocabulary
    ) throws(WhisperError) -> [WhisperLanguage: Float] {
        guard vocabulary.special.isMultilingual else {
            throw .invalidOption(option: "language", reason: "an English-only model cannot tell languages apart")
        }
        let audio = [decoder.makeCrossAttention(to: features)]
        return LanguageProbabilities.table(detectLanguages(of: audio, vocabulary)[0])
    }

    /// The probabilities of the languages, in the order of their tokens, for each utterance.
    func detectLanguages(of audio: [CrossAttentionCache], _ vocabulary: WhisperVocabulary) -> [[Float]] {
        var scratch = DecoderScratch()
        var cache = decoder.makeCache(rowCount: audio.count)
        let start = [Int32(vocabulary.special.startOfTranscript)]
        decoder.forward(audio.map { _ in start }, &cache, audio: audio, logitsAt: [0], &scratch)
        let languages = vocabulary.special.languages
        return audio.indices.map { row in
            let first = row * scratch.logits.width
            let logits = scratch.logits.span.extracting(first + languages.lowerBound..<first + languages.upperBound)
            let normalizer = LogSumExp.value(of: logits)
            return logits.indices.map { Float(ScalarMath.exp(Double(logits[$0]) - normalizer)) }
        }
    }
}

/// Probabilities in the order of the language tokens.
enum LanguageProbabilities {
    static func best(of probabilities: [Float]) -> WhisperLanguage {
        var best = 0
        for index in probabilities.indices where probabilities[index] > probabilities[best] { best = index }
        return WhisperLanguage.all[best]
    }

    static func table(_ probabilities: [Float]) -> [WhisperLanguage: Float] {
        Dictionary(uniqueKeysWithValues: zip(WhisperLanguage.all, probabilities))
    }
}
