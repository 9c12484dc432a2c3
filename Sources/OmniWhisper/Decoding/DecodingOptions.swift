public import OmniCore

/// How one window of 30 s is written down. The defaults are those of openai-whisper.
public struct DecodingOptions: Sendable, Hashable {
    /// What is written.
    public var task = TranscriptionTask.transcribe
    /// The language of the audio; `nil` to find it out.
    public var language: WhisperLanguage?
    /// 0 takes the most probable token; above, tokens are drawn from logits divided by it.
    public var temperature: Float = 0
    /// Tokens to write at most; `nil` for half the context.
    public var maximumTokenCount: Int?
    /// Hypotheses drawn side by side, the best of which counts; only at a temperature above 0.
    public var bestOf: Int?
    /// Hypotheses that a beam search keeps; `nil` for no beam search. Only at temperature 0.
    public var beamCount: Int?
    /// Hypotheses that end before a beam search stops, as a multiple of ``beamCount``.
    public var patience: Float?
    /// The exponent of Wu et al.'s length penalty, in `0...1`; `nil` to rank by the mean log probability.
    public var lengthPenalty: Float?
    /// What was written before: text tokens, the last of which are put in front of the window.
    public var prompt: [TokenID] = []
    /// How the window begins: text tokens that are taken as written.
    public var prefix: [TokenID] = []
    /// Whether brackets, notes and other marks of what is not speech are left out. Without this and without
    /// ``suppressedTokens`` no token is, special ones neither.
    public var suppressesNonSpeech = true
    /// Further tokens that are never chosen.
    public var suppressedTokens: [TokenID] = []
    /// Whether a window may not start with a blank or be empty.
    public var suppressesBlank = true
    /// Whether timestamps are written.
    public var usesTimestamps = true
    /// The latest first timestamp, in seconds; `nil` for any.
    public var maximumInitialTimestamp: Double? = 1
    /// Two decodings with the same seed draw the same tokens.
    public var seed: UInt64 = 0

    /// The reference's defaults.
    public init() {}
}

extension DecodingOptions {
    /// Hypotheses for each utterance.
    var groupCount: Int { beamCount ?? bestOf ?? 1 }

    /// - Throws: ``WhisperError/invalidOption(option:reason:)``, ``WhisperError/unknownLanguage(_:)``.
    func validate(_ vocabulary: WhisperVocabulary, contextLength: Int) throws(WhisperError) {
        func require(_ isValid: Bool, _ option: String, _ reason: @autoclosure () -> String) throws(WhisperError) {
            if !isValid { throw .invalidOption(option: option, reason: reason()) }
        }
        try require(temperature >= 0 && temperature.isFinite, "temperature", "\(temperature) is not 0 or more")
        try require(beamCount == nil || bestOf == nil, "bestOf", "a beam search takes no bestOf")
        try require(bestOf == nil || temperature > 0, "bestOf", "at temperature 0 all hypotheses are the same")
        try require(beamCount == nil || temperature == 0, "beamCount", "a beam search needs temperature 0")
        try require(patience == nil || beamCount != nil, "patience", "this needs a beam search")
        try require((1...64).contains(groupCount), "beamCount or bestOf", "\(groupCount) is not in 1...64")
        if let patience {
            try require(
                patience.isFinite && (1...1024).contains(Float(groupCount) * patience), "patience",
                "\(patience) times \(groupCount) hypotheses is not in 1...1024")
        }
        if let lengthPenalty {
            try require((0...1).contains(lengthPenalty), "lengthPenalty", "\(lengthPenalty) is not in 0...1")
        }
        if let maximumTokenCount {
            try require(
                maximumTokenCount >= 1 && maximumTokenCount <= contextLength / 2, "maximumTokenCount",
                "\(maximumTokenCount) is not in 1...\(contextLength / 2)")
        }
        if let maximumInitialTimestamp {
            try require(
                (0...30).contains(maximumInitialTimestamp), "maximumInitialTimestamp",
                "\(maximumInitialTimestamp) s is no place in a window of 30 s")
        }
        // A prompt may hold timestamps: those of the windows before.
        let vocabularyCount = vocabulary.special.firstTimestamp + SpecialTokens.timestampCount
        for (name, tokens) in [("prompt", prompt), ("prefix", prefix), ("suppressedTokens", suppressedTokens)] {
            guard let token = tokens.first(where: { !(0..<vocabularyCount).contains(Int($0.rawValue)) }) else {
                continue
            }
            throw .invalidOption(option: name, reason: "the vocabulary has no token \(token)")
        }
        try require(
            prefix.count < contextLength / 2 - 4, "prefix", "\(prefix.count) tokens leave no room in the context")
        guard vocabulary.special.isMultilingual else {
            try require(task == .transcribe, "task", "an English-only model does not translate")
            if let language, language != .english { throw .unknownLanguage(language.code) }
            return
        }
        if let language { _ = try vocabulary.special.token(for: language) }
    }
}
