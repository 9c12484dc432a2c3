public import OmniCore

/// The tokens of a Whisper model: a tokenizer for its text, and the special tokens, whose ids follow from the counts.
public struct WhisperVocabulary: Sendable {
    /// Text to ids and back. It need not know the special tokens.
    public let tokenizer: any Tokenizer
    let special: SpecialTokens
    /// Tokens that stand for no speech: brackets, notes, quotation marks and the like; ascending.
    let nonSpeechTokens: [Int]
    /// A space alone, and the end: what a text never starts with.
    let blankTokens: [Int]

    /// Makes the vocabulary of a model.
    ///
    /// - Parameters:
    ///   - tokenizer: GPT-2's byte-level tokenizer, or Whisper's multilingual one.
    ///   - textTokenCount: its tokens of text; the id of `<|endoftext|>` in a `tokenizer.json`.
    ///   - vocabularyCount: the tokens of the model, ``WhisperDecoder/Configuration/vocabularyCount``.
    /// - Throws: ``WhisperError/unknownVocabulary(vocabularyCount:textTokenCount:)``.
    public init(_ tokenizer: any Tokenizer, textTokenCount: Int, vocabularyCount: Int) throws(WhisperError) {
        self.tokenizer = tokenizer
        let special = try SpecialTokens(vocabularyCount: vocabularyCount, textTokenCount: textTokenCount)
        self.special = special
        let encode = { (text: String) in Self.encode(text, tokenizer, special) }
        nonSpeechTokens = NonSpeechTokens.all(encode)
        blankTokens = encode(" ") + [special.endOfText]
    }

    /// The languages that the model has tokens for; English alone for an English-only model.
    public var languages: [WhisperLanguage] {
        special.isMultilingual ? Array(WhisperLanguage.all.prefix(special.languageCount)) : [.english]
    }

    /// The ids of a text, without special tokens.
    func encode(_ text: String) -> [Int] { Self.encode(text, tokenizer, special) }

    private static func encode(_ text: String, _ tokenizer: any Tokenizer, _ special: SpecialTokens) -> [Int] {
        tokenizer.encode(text).map { Int($0.rawValue) }.filter { $0 < special.endOfText }
    }

    /// The text of tokens. Timestamps are left out.
    ///
    /// - Parameter namingSpecialTokens: whether other special tokens are spelt, as `<|en|>`, or left out as well.
    func decode(_ tokens: some Sequence<Int>, namingSpecialTokens: Bool = false) -> String {
        var text = ""
        var run: [TokenID] = []
        for token in tokens where token < special.firstTimestamp {
            if token < special.endOfText {
                run.append(TokenID(token))
            } else if namingSpecialTokens {
                text += tokenizer.decode(run, keepingSpecialTokens: false) + special.name(of: token)
                run = []
            }
        }
        return text + tokenizer.decode(run, keepingSpecialTokens: false)
    }
}
