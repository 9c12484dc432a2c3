public import OmniCore

/// How audio of any length is written down. The defaults are those of openai-whisper's `transcribe`.
public struct WhisperSettings: Sendable, Hashable {
    /// How each window is decoded. Temperature and prompt are set for each window.
    public var decoding = DecodingOptions()
    /// Temperatures that are tried one after another until the text is neither too repetitive nor too improbable. Above
    /// 0 there is no beam search, and at 0 no ``DecodingOptions/bestOf``.
    public var temperatures: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
    /// A text that zlib compresses better than this is too repetitive; `nil` to take any.
    public var compressionRatioThreshold: Double? = 2.4
    /// A text whose mean log probability is lower is too improbable; `nil` to take any.
    public var logProbabilityThreshold: Double? = -1
    /// A window that is more probably without speech, and whose text is too improbable, is skipped; `nil` to skip none.
    public var noSpeechThreshold: Float? = 0.6
    /// Whether the text of the windows before is put in front of each window.
    public var conditionsOnPreviousText = true
    /// Where the language is found out, when it is not given.
    public var languageDetection = LanguageDetection.wholeAudio
    /// Text that might have come before.
    public var initialPrompt: String?
    /// Whether ``initialPrompt`` is put in front of every window, not only of the first.
    public var carriesInitialPrompt = false
    /// Whether words get times of their own.
    public var hasWordTimes = false
    /// Punctuation that belongs to the word behind it.
    public var openingPunctuation = "\"'“¿([{-"
    /// Punctuation that belongs to the word before it.
    public var closingPunctuation = "\"'.。,，!！?？:：”)]}、"
    /// Parts of the audio that are listened to, in seconds, in order; `nil` for all of it. The last may be open: its
    /// end is cut at the end of the audio.
    public var clips: [ClosedRange<Double>]?
    /// Silence of more than so many seconds around what may be made up is skipped; needs ``hasWordTimes``.
    public var hallucinationSilenceThreshold: Double?

    /// What is encoded to find the language out.
    public enum LanguageDetection: Sendable, Hashable {
        /// The first 30 s of the audio with the silence behind it, as in the reference.
        case wholeAudio
        /// The first window as it is transcribed. It is encoded once then, which halves the work of a short recording;
        /// the padding behind the audio differs, and with it the language where two are about as probable.
        case firstWindow
    }

    /// The reference's defaults.
    public init() {}

    /// The settings with what a caller asks for.
    ///
    /// - Throws: ``WhisperError/unknownLanguage(_:)``.
    public func following(_ options: TranscriptionOptions) throws(WhisperError) -> WhisperSettings {
        var settings = self
        settings.decoding.task = options.task
        if let name = options.language {
            guard let language = WhisperLanguage(name) else { throw .unknownLanguage(name) }
            settings.decoding.language = language
        }
        if let prompt = options.prompt { settings.initialPrompt = prompt }
        if let temperature = options.temperature { settings.temperatures = [temperature] }
        settings.hasWordTimes = settings.hasWordTimes || options.hasWordTimes
        return settings
    }

    /// How a window is decoded at one of the temperatures.
    func decoding(at temperature: Float, after prompt: [Int]) -> DecodingOptions {
        var options = decoding
        options.temperature = temperature
        options.prompt = prompt.map { TokenID($0) }
        if temperature > 0 {
            options.beamCount = nil
            options.patience = nil
        } else {
            options.bestOf = nil
        }
        return options
    }

    /// - Throws: ``WhisperError/invalidOption(option:reason:)``, ``WhisperError/unknownLanguage(_:)``.
    func validate(_ vocabulary: WhisperVocabulary, contextLength: Int) throws(WhisperError) {
        guard !temperatures.isEmpty else {
            throw .invalidOption(option: "temperatures", reason: "there is none")
        }
        for temperature in temperatures {
            try decoding(at: temperature, after: []).validate(vocabulary, contextLength: contextLength)
        }
        for clip in clips ?? [] where !(clip.lowerBound >= 0 && clip.upperBound.isFinite) {
            throw .invalidOption(option: "clips", reason: "\(clip) is not a part of any audio")
        }
        if let threshold = hallucinationSilenceThreshold {
            guard hasWordTimes else {
                throw .invalidOption(option: "hallucinationSilenceThreshold", reason: "this needs word times")
            }
            guard threshold >= 0, threshold.isFinite else {
                throw .invalidOption(option: "hallucinationSilenceThreshold", reason: "\(threshold) is not 0 or more")
            }
        }
    }
}
