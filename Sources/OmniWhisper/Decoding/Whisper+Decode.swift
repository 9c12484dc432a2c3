public import OmniCore
public import OmniTensor

extension Whisper {
    /// Writes down several utterances side by side: their rows go through the decoder in one pass.
    ///
    /// - Parameters:
    ///   - features: for each utterance its whole context `[T, D]`, see ``WhisperEncoder/encode(_:keeping:)``.
    ///   - vocabulary: the tokens of this model.
    ///   - options: how to write; the same for all.
    /// - Returns: one result for each utterance, in order.
    /// - Throws: ``WhisperError/invalidOption(option:reason:)``, ``WhisperError/unknownLanguage(_:)``.
    public func decode(
        _ features: [Tensor<Float>], _ vocabulary: WhisperVocabulary, _ options: DecodingOptions = DecodingOptions()
    ) throws(WhisperError) -> [DecodingResult] {
        guard !features.isEmpty else { return [] }
        return try decode(features.map { decoder.makeCrossAttention(to: $0) }, vocabulary, options)
    }

    func decode(
        _ audio: [CrossAttentionCache], _ vocabulary: WhisperVocabulary, _ options: DecodingOptions
    ) throws(WhisperError) -> [DecodingResult] {
        try options.validate(vocabulary, contextLength: decoder.configuration.contextLength)
        let probabilities =
            options.language == nil && vocabulary.special.isMultilingual
            ? detectLanguages(of: audio, vocabulary) : nil
        let languages = audio.indices.map { index in
            options.language ?? probabilities.map { LanguageProbabilities.best(of: $0[index]) } ?? .english
        }
        var pass = DecodingPass(self, vocabulary, options, languages)
        let best =
            options.beamCount == nil
            ? pass.run(audio, GreedySearch(options, endOfText: vocabulary.special.endOfText))
            : pass.run(
                audio,
                BeamSearch(options, endOfText: vocabulary.special.endOfText, utteranceCount: audio.count))
        return best.enumerated().map { index, sequence in
            let text = vocabulary.decode(sequence.tokens, namingSpecialTokens: true).trimmingBlanks()
            return DecodingResult(
                language: languages[index],
                languageProbabilities: probabilities.map { LanguageProbabilities.table($0[index]) },
                tokens: sequence.tokens.map { TokenID($0) }, text: text,
                averageLogProbability: Double(sequence.score) / Double(sequence.tokens.count + 1),
                noSpeechProbability: pass.noSpeechProbabilities[index], temperature: options.temperature,
                compressionRatio: CompressionRatio.of(text))
        }
    }
}

/// One search over a batch of utterances.
struct DecodingPass {
    private let model: Whisper
    private let special: SpecialTokens
    private let options: DecodingOptions
    private let filter: LogitFilter
    /// What stands before the chosen tokens, for each utterance; as many for each.
    private let prompts: [[Int]]
    /// Where `<|startoftranscript|>` stands in them.
    private let startPosition: Int
    private let maximumTokenCount: Int
    private(set) var noSpeechProbabilities: [Float] = []

    init(
        _ model: Whisper, _ vocabulary: WhisperVocabulary, _ options: DecodingOptions, _ languages: [WhisperLanguage]
    ) {
        self.model = model
        special = vocabulary.special
        self.options = options
        filter = LogitFilter(options, vocabulary, secondsPerTimestamp: model.encoder.configuration.secondsPerPosition)
        let half = model.decoder.configuration.contextLength / 2
        maximumTokenCount = options.maximumTokenCount ?? half
        var before: [Int] = []
        if !options.prompt.isEmpty {
            before = [special.startOfPrevious] + options.prompt.suffix(half - 1).map { Int($0.rawValue) }
        }
        // With the default length the reference keeps the whole prefix.
        let prefixLimit = half - maximumTokenCount
        let prefix = prefixLimit == 0 ? options.prefix[...] : options.prefix.suffix(prefixLimit)
        startPosition = before.count
        prompts = languages.map { language in
            before + vocabulary.special.start(language, options.task)
                + (options.usesTimestamps ? [] : [vocabulary.special.noTimestamps]) + prefix.map { Int($0.rawValue) }
        }
    }

    /// Searches.
    ///
    /// - Returns: the best sequence of each utterance.
    mutating func run(_ audio: [CrossAttentionCache], _ search: some TokenSearch) -> [RankedSequence] {
        var search = search
        let groupCount = options.groupCount
        let decoder = model.decoder
        let promptCount = prompts[0].count
        var scratch = DecoderScratch()
        var cache = decoder.makeCache(rowCount: audio.count)
        // The prompt is the same for all hypotheses of an utterance: one row reads it for all of them.
        let wanted = startPosition == promptCount - 1 ? [startPosition] : [startPosition, promptCount - 1]
        decoder.forward(
            prompts.map { $0.map(Int32.init) }, &cache, audio: audio, logitsAt: wanted, &scratch)
        noSpeechProbabilities = audio.indices.map { probability(of: special.noSpeech, row: $0 * wanted.count, scratch) }
        var hypotheses = Hypotheses(count: audio.count * groupCount)
        var rows = hypotheses.tokens.indices.map { ($0 / groupCount + 1) * wanted.count - 1 }
        cache.reorder(hypotheses.tokens.indices.map { $0 / groupCount })
        for count in 1...maximumTokenCount {
            applyRules(to: &scratch.logits, Set(rows), hypotheses, rows)
            guard let sources = Self.extend(&hypotheses, by: &search, scratch.logits, rows) else { break }
            if count == maximumTokenCount || promptCount + count > decoder.configuration.contextLength { break }
            cache.reorder(sources)
            rows = Array(hypotheses.tokens.indices)
            let next = hypotheses.tokens.map { [Int32($0[$0.count - 1])] }
            decoder.forward(next, &cache, audio: audio, logitsAt: [0], &scratch)
        }
        return search.finish(hypotheses).map { RankedSequence.best(of: $0, lengthPenalty: options.lengthPenalty) }
    }

    /// - Parameter rows: the row of logits of each hypothesis.
    private static func extend(
        _ hypotheses: inout Hypotheses, by search: inout some TokenSearch, _ logits: RowBuffer, _ rows: [Int]
    ) -> [Int]? {
        let width = logits.width
        return search.extend(&hypotheses) { hypothesis, body in
            let row = rows[hypothesis]
            body(logits.span.extracting(row * width..<(row + 1) * width))
        }
    }

    private func probability(of token: Int, row: Int, _ scratch: DecoderScratch) -> Float {
        let width = scratch.logits.width
        let logits = scratch.logits.span.extracting(row * width..<(row + 1) * width)
        return Float(ScalarMath.exp(Double(logits[token]) - LogSumExp.value(of: logits)))
    }

    private func applyRules(to logits: inout RowBuffer, _ distinct: Set<Int>, _ hypotheses: Hypotheses, _ rows: [Int]) {
        let width = logits.width
        var span = logits.mutableSpan
        for row in distinct {
            guard let hypothesis = rows.firstIndex(of: row) else { continue }
            var part = span.part(row * width..<(row + 1) * width)
            filter.apply(to: &part, after: hypotheses.tokens[hypothesis][...])
        }
    }
}

extension SpecialTokens {
    /// What a window starts with, before timestamps or text.
    func start(_ language: WhisperLanguage, _ task: TranscriptionTask) -> [Int] {
        guard isMultilingual else { return [startOfTranscript] }
        return [startOfTranscript, firstLanguage + language.index, task == .translate ? translate : transcribe]
    }
}

/// What was written for one window.
public struct DecodingResult: Sendable, Hashable {
    /// The language, as given or as found out.
    public var language: WhisperLanguage
    /// The probability of each language that the model knows; `nil` when the language was given.
    public var languageProbabilities: [WhisperLanguage: Float]?
    /// Text and timestamps.
    public var tokens: [TokenID]
    /// The text, without blanks around it.
    public var text: String
    /// The mean log probability of the tokens, the end counted.
    public var averageLogProbability: Double
    /// The probability that there is no speech.
    public var noSpeechProbability: Float
    /// The temperature that the tokens were chosen at.
    public var temperature: Float
    /// Bytes of the text for each byte that zlib makes of it: high for a repetition.
    public var compressionRatio: Double
}
