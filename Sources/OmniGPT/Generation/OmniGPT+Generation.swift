public import OmniCore
public import OmniTensor

extension OmniGPT: SpeechLanguageModel {
    /// The modes of Mini-Omni; batch mode is the reference's default for spoken questions.
    public var modes: [ReplyMode] {
        [.speechToSpeechBatch, .speechToSpeech, .speechToText, .transcription, .textToSpeech, .textToText]
    }

    /// Begins a generation. Its prompt is left to be prefilled, chunk by chunk with ``OmniGeneration/prefillChunk()``
    /// or by the first step.
    ///
    /// Batch mode prefills the prompt once: its two rows differ in the last position only, so the second row goes on
    /// from a fork of the first one's cache.
    ///
    /// - Parameters:
    ///   - question: speech features `[L, F]` of the encoder, or ids of the text vocabulary.
    ///   - mode: what goes in and what comes out.
    ///   - options: how tokens are chosen, and how many; never more positions than the context has.
    /// - Throws: ``OmniGPTError`` when mode and question do not fit together, features have another width, a token is
    ///   outside the vocabulary, the prompt leaves no position for a reply, or an option has no meaning.
    public func makeGeneration(
        answering question: Question<Tensor<Float>>, mode: ReplyMode, options: GenerationOptions
    ) throws(OmniGPTError) -> OmniGeneration {
        let special = try SpecialTokens(configuration.vocabulary)
        let sampler = try Sampler(options)
        let (prompt, speech) = try prompt(for: question, mode: mode, special)
        var limited = options
        limited.maximumPositionCount = min(options.maximumPositionCount, configuration.contextLength)
        guard prompt.positions.count < limited.maximumPositionCount else {
            throw .promptTooLong(
                positionCount: prompt.positions.count, maximumPositionCount: limited.maximumPositionCount)
        }
        return OmniGeneration(
            self, prompt, speech: speech, mode: mode, special: special, sampler: sampler, options: limited)
    }

    private func prompt(
        for question: Question<Tensor<Float>>, mode: ReplyMode, _ special: SpecialTokens
    ) throws(OmniGPTError) -> (Prompt, speech: Tensor<Float>?) {
        switch question {
        case .speech(let features):
            guard mode.listens else { throw .questionDoesNotFit(mode: mode) }
            let adapted = try adapt(features)
            return (Prompt(featureCount: adapted.shape[0], mode: mode, special), adapted)
        case .text(let tokens):
            guard !mode.listens else { throw .questionDoesNotFit(mode: mode) }
            let count = configuration.textVocabularyCount
            for token in tokens where token.rawValue < 0 || token.rawValue >= count {
                throw .tokenOutOfRange(token, vocabularyCount: count)
            }
            return (Prompt(text: tokens, mode: mode, special), nil)
        }
    }
}
