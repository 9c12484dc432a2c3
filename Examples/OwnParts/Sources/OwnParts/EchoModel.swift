import OmniCore

/// A language model that repeats the question: a written question comes back as text, and each token as a tone.
///
/// It has no audio streams, no delay pattern and no prompt, and it does not listen: a session finds out from
/// ``modes``.
public struct EchoModel: SpeechLanguageModel {
    /// Makes a model; there is nothing to load.
    public init() {}

    /// Written questions alone, answered in text and tones unless text is asked for.
    public var modes: [ReplyMode] { [.textToSpeech, .textToText] }

    /// Begins to say what was asked.
    public func makeGeneration(
        answering question: Question<AudioChunk>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Echo {
        guard case .text(let tokens) = question else { throw EchoModelError.heardSpeech }
        return Echo(tokens: tokens, speaks: mode.speaks, limit: options.maximumStepCount ?? .max)
    }

    /// One answer: a token and a tone for each step.
    public struct Echo: SpeechGeneration {
        let tokens: [TokenID]
        let speaks: Bool
        let limit: Int
        private var stepCount = 0
        /// Whether the limit of the options ended the answer.
        public private(set) var reachedLimit = false

        init(tokens: [TokenID], speaks: Bool, limit: Int) {
            self.tokens = tokens
            self.speaks = speaks
            self.limit = limit
        }

        /// The next token, and its tone in modes that speak.
        public mutating func next() -> GenerationStep<Tone>? {
            guard stepCount < tokens.count else { return nil }
            guard stepCount < limit else {
                reachedLimit = true
                return nil
            }
            let token = tokens[stepCount]
            stepCount += 1
            return GenerationStep(text: token, frame: speaks ? Tone(of: token) : nil)
        }
    }
}

/// Why an ``EchoModel`` does not answer.
public enum EchoModelError: Error, CustomStringConvertible {
    /// The question is spoken.
    case heardSpeech

    public var description: String { "this model reads and does not listen" }
}
