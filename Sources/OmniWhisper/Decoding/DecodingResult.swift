public import OmniCore

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
