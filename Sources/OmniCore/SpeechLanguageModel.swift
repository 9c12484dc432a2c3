/// What a language model is asked.
public enum Question<Features: Sendable>: Sendable {
    /// A spoken question, encoded.
    case speech(Features)
    /// A written question, as ids of the text vocabulary.
    case text([TokenID])
}

/// Answers a question one step at a time.
public protocol SpeechLanguageModel: Sendable {
    /// What the model hears.
    associatedtype Features: Sendable
    /// One answer in progress.
    associatedtype Generation: SpeechGeneration

    /// Reads the question (the prefill) and stands ready to take the first step.
    ///
    /// - Throws: when mode and question do not fit together, an id is out of range or the prompt is too long.
    func makeGeneration(
        answering question: Question<Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Generation
}

/// What one step of a generation made known.
public struct GenerationStep<Frame: Sendable>: Sendable {
    /// A token of the answer's text; `nil` when this step added none.
    public var text: TokenID?
    /// A codec frame that became whole; `nil` when this step completed none.
    public var frame: Frame?

    /// Bundles what became known.
    public init(text: TokenID?, frame: Frame?) {
        self.text = text
        self.frame = frame
    }
}

/// One answer in progress. Not `Sendable`: it belongs to whoever asked for it.
public protocol SpeechGeneration<Frame> {
    /// What the codec decodes.
    associatedtype Frame: Sendable

    /// Positions that the prompt took.
    var promptLength: Int { get }
    /// Everything chosen so far, one list a stream: the audio streams, then text.
    var chosenTokens: [[Int32]] { get }
    /// Whether ``next()`` returned `nil` because a limit was reached rather than because the model had ended.
    var reachedLimit: Bool { get }

    /// Takes one step; `nil` when the answer is over.
    mutating func next() throws -> GenerationStep<Frame>?
}
