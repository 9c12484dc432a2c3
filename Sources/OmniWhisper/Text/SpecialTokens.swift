/// The ids of Whisper's special tokens. They follow the tokens of text in a fixed order, so that three counts tell them
/// all: end, start, languages, tasks, context marks, no speech, no timestamps, then 1501 timestamps.
struct SpecialTokens: Sendable, Hashable {
    /// Tokens of text: all ids below ``endOfText``.
    let textTokenCount: Int
    /// The languages that have a token: the first of ``WhisperLanguage``'s.
    let languageCount: Int
    /// Whether language and task are part of the prompt. English-only models have the tokens but do not use them.
    let isMultilingual: Bool

    /// Timestamps are 20 ms apart and go from 0.00 to 30.00.
    static let timestampCount = 1501
    /// Special tokens besides languages and timestamps.
    private static let otherCount = 8

    /// Works out the layout.
    ///
    /// - Parameters:
    ///   - vocabularyCount: `n_vocab` of the model, 51 864 to 51 866 in published ones.
    ///   - textTokenCount: tokens of text in the tokenizer: 50 256 (English) or 50 257.
    /// - Throws: ``WhisperError/unknownVocabulary(vocabularyCount:textTokenCount:)``.
    init(vocabularyCount: Int, textTokenCount: Int) throws(WhisperError) {
        let languageCount = vocabularyCount - textTokenCount - Self.timestampCount - Self.otherCount
        guard textTokenCount > 0, (1...WhisperLanguage.all.count).contains(languageCount) else {
            throw .unknownVocabulary(vocabularyCount: vocabularyCount, textTokenCount: textTokenCount)
        }
        self.textTokenCount = textTokenCount
        self.languageCount = languageCount
        // GPT-2's vocabulary, which the English-only models have, counts one token of text fewer.
        isMultilingual = textTokenCount != Self.englishTextTokenCount
    }

    /// The tokens of text of the English-only models.
    static let englishTextTokenCount = 50_256

    var endOfText: Int { textTokenCount }
    var startOfTranscript: Int { textTokenCount + 1 }
    var firstLanguage: Int { textTokenCount + 2 }
    var languages: Range<Int> { firstLanguage..<firstLanguage + languageCount }
    var translate: Int { firstLanguage + languageCount }
    var transcribe: Int { translate + 1 }
    var startOfLM: Int { translate + 2 }
    var startOfPrevious: Int { translate + 3 }
    var noSpeech: Int { translate + 4 }
    var noTimestamps: Int { translate + 5 }
    /// `<|0.00|>`.
    var firstTimestamp: Int { translate + 6 }

    /// The token of a language.
    ///
    /// - Throws: ``WhisperError/unknownLanguage(_:)`` for one that the model has no token for.
    func token(for language: WhisperLanguage) throws(WhisperError) -> Int {
        guard language.index < languageCount else { throw .unknownLanguage(language.code) }
        return firstLanguage + language.index
    }

    /// How a special token other than a timestamp is spelt.
    func name(of token: Int) -> String {
        switch token {
        case endOfText: "<|endoftext|>"
        case startOfTranscript: "<|startoftranscript|>"
        case languages: "<|\(WhisperLanguage.all[token - firstLanguage].code)|>"
        case translate: "<|translate|>"
        case transcribe: "<|transcribe|>"
        case startOfLM: "<|startoflm|>"
        case startOfPrevious: "<|startofprev|>"
        case noSpeech: "<|nospeech|>"
        default: "<|notimestamps|>"
        }
    }
}

/// What is written for something other than speech, as "[music]", "♪" or "(laughs)": the tokens that open such a note
/// are not to be chosen. Hyphens and apostrophes are allowed inside a word, not in front of one.
enum NonSpeechTokens {
    private static let symbols =
        (#"" # ( ) * + / : ; < = > @ [ \ ] ^ _ ` { | } ~ 「 」 『 』 << >> <<< >>> "#
        + #"-- --- -( -[ (' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"#)
        .split(separator: " ").map(String.init)
    /// Between U+2640 and U+267F: where one of these is several tokens, its first is left out, which all of them share.
    private static let notes = ["♩", "♪", "♫", "♬", "♭", "♮", "♯"]

    /// - Parameter encode: the ids of a text.
    /// - Returns: ids, ascending.
    static func all(_ encode: (String) -> [Int]) -> [Int] {
        var result = Set([" -", " '"].compactMap { encode($0).first })
        for symbol in symbols {
            for tokens in [encode(symbol), encode(" " + symbol)] where tokens.count == 1 { result.formUnion(tokens) }
        }
        for note in notes { result.formUnion([encode(note), encode(" " + note)].compactMap(\.first)) }
        return result.sorted()
    }
}
