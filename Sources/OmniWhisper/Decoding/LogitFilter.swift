import OmniCore
import OmniTensor

/// What may not be chosen next, after which tokens: the rules of openai-whisper. A token that may not be chosen gets a
/// logit of minus infinity.
struct LogitFilter: Sendable {
    private let special: SpecialTokens
    private let suppressed: [Int]
    private let blanks: [Int]
    private let usesTimestamps: Bool
    /// The last timestamp that may come first, as a count of steps of 20 ms.
    private let lastInitialTimestamp: Int?

    /// - Parameter secondsPerTimestamp: 0.02 in published models.
    init(_ options: DecodingOptions, _ vocabulary: WhisperVocabulary, secondsPerTimestamp: Double) {
        special = vocabulary.special
        var suppressed = Set(options.suppressedTokens.map { Int($0.rawValue) })
        if options.suppressesNonSpeech { suppressed.formUnion(vocabulary.nonSpeechTokens) }
        // The reference has special tokens suppressed only where something is.
        if options.suppressesNonSpeech || !options.suppressedTokens.isEmpty {
            suppressed.formUnion([
                special.transcribe, special.translate, special.startOfTranscript, special.startOfPrevious,
                special.startOfLM, special.noSpeech,
            ])
        }
        self.suppressed = suppressed.sorted()
        blanks = options.suppressesBlank ? vocabulary.blankTokens : []
        usesTimestamps = options.usesTimestamps
        // The reference takes 0 for no limit.
        lastInitialTimestamp = options.maximumInitialTimestamp.flatMap { seconds in
            seconds == 0 ? nil : Int((seconds / secondsPerTimestamp).rounded(.toNearestOrEven))
        }
    }

    /// Applies all rules to `logits` `[V]`.
    ///
    /// - Parameter tokens: what was chosen so far.
    func apply(to logits: inout MutableSpan<Float>, after tokens: ArraySlice<Int>) {
        if tokens.isEmpty { for token in blanks { logits[token] = -.infinity } }
        for token in suppressed { logits[token] = -.infinity }
        if usesTimestamps { applyTimestampRules(to: &logits, after: tokens) }
    }

    private static func forbid(_ range: Range<Int>, in logits: inout MutableSpan<Float>) {
        for token in range { logits[token] = -.infinity }
    }

    private func applyTimestampRules(to logits: inout MutableSpan<Float>, after tokens: ArraySlice<Int>) {
        let first = special.firstTimestamp
        logits[special.noTimestamps] = -.infinity
        let endsInTimestamp = tokens.last.map { $0 >= first } ?? false
        let hasTimestampBefore = tokens.count < 2 || tokens[tokens.endIndex - 2] >= first
        if endsInTimestamp {
            // They come in pairs, but for the last, which the end may follow.
            if hasTimestampBefore {
                Self.forbid(first..<logits.count, in: &logits)
            } else {
                Self.forbid(0..<special.endOfText, in: &logits)
            }
        }
        if let last = tokens.last(where: { $0 >= first }) {
            // Time does not go back, and a segment takes some.
            let limit = endsInTimestamp && !hasTimestampBefore ? last : last + 1
            Self.forbid(first..<min(limit, logits.count), in: &logits)
        }
        if tokens.isEmpty {
            Self.forbid(0..<first, in: &logits)
            if let lastInitialTimestamp {
                Self.forbid(min(first + lastInitialTimestamp + 1, logits.count)..<logits.count, in: &logits)
            }
        }
        if timestampsOutweighText(logits.span) { Self.forbid(0..<first, in: &logits) }
    }

    /// Whether all timestamps together are more probable than the most probable other token.
    private func timestampsOutweighText(_ logits: Span<Float>) -> Bool {
        let first = special.firstTimestamp
        let timestamps = LogSumExp.value(of: logits.extracting(first..<logits.count))
        return timestamps > Double(LogSumExp.largest(of: logits.extracting(0..<first)))
    }
}
