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

    /// As ``makeGeneration(answering:mode:options:)``, but the question is left to be read bit by bit, with
    /// ``SpeechGeneration/readMore()``. By default it is read at once.
    func beginGeneration(
        answering question: Question<Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Generation

    /// Takes one step of each of several answers that this model has begun: those of several people who talk with it at
    /// once. By default one after the other; a model that can, takes them together.
    ///
    /// Every answer goes on as it would alone.
    ///
    /// - Returns: for each answer what ``SpeechGeneration/next()`` would have returned or thrown.
    func step(_ generations: inout [Generation]) -> [Result<GenerationStep<Generation.Frame>?, any Error>]
}

extension SpeechLanguageModel {
    public func beginGeneration(
        answering question: Question<Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Generation {
        try makeGeneration(answering: question, mode: mode, options: options)
    }

    public func step(_ generations: inout [Generation]) -> [Result<GenerationStep<Generation.Frame>?, any Error>] {
        generations.indices.map { index in Result { try generations[index].next() } }
    }
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

    /// Reads a part of the question, if any is left; a step that is taken before reads the rest.
    ///
    /// - Returns: whether there is more to read.
    mutating func readMore() throws -> Bool

    /// Takes one step; `nil` when the answer is over.
    mutating func next() throws -> GenerationStep<Frame>?
}

extension SpeechGeneration {
    public mutating func readMore() throws -> Bool { false }
}
