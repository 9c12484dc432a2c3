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
    /// One reply in progress.
    associatedtype Generation: SpeechGeneration

    /// The modes that the model can answer in. A session that is given none takes the first that fits the question:
    /// spoken or written.
    var modes: [ReplyMode] { get }

    /// Begins to answer a question. The prompt may be left to be prefilled, with ``SpeechGeneration/prefillChunk()``.
    ///
    /// - Parameters:
    ///   - question: what is asked.
    ///   - mode: one of ``modes``.
    ///   - options: how tokens are chosen, and how many.
    /// - Throws: when mode and question do not fit together, an id is out of range or the prompt is too long.
    func makeGeneration(
        answering question: Question<Features>, mode: ReplyMode, options: GenerationOptions
    ) throws -> Generation

    /// Takes one step of each of several replies that this model has begun: those of several people who talk with it at
    /// once. By default one after the other; a model that can, takes them together.
    ///
    /// Every reply goes on as it would alone.
    ///
    /// - Returns: for each reply what ``SpeechGeneration/next()`` would have returned or thrown.
    func step(_ generations: inout [Generation]) -> [Result<GenerationStep<Generation.Frame>?, any Error>]
}

extension SpeechLanguageModel {
    public func step(_ generations: inout [Generation]) -> [Result<GenerationStep<Generation.Frame>?, any Error>] {
        generations.indices.map { index in Result { try generations[index].next() } }
    }
}

/// What one step of a generation made known.
public struct GenerationStep<Frame: Sendable>: Sendable {
    /// A token of the reply's text; `nil` when this step added none.
    public var text: TokenID?
    /// A codec frame that became whole; `nil` when this step completed none.
    public var frame: Frame?

    /// Bundles what became known.
    public init(text: TokenID?, frame: Frame?) {
        self.text = text
        self.frame = frame
    }
}

/// One reply in progress. Not `Sendable`: it belongs to the task that asked for it.
public protocol SpeechGeneration<Frame> {
    /// What the codec decodes.
    associatedtype Frame: Sendable

    /// Positions that the prompt took; 0 where the model has no prompt, which is the default.
    var promptLength: Int { get }
    /// Everything chosen so far, one list a stream, in the model's own order; empty by default.
    var chosenTokens: [[Int32]] { get }
    /// Whether ``next()`` returned `nil` because a limit was reached rather than because the model had ended; `false`
    /// by default.
    var reachedLimit: Bool { get }

    /// Prefills a chunk of the prompt. A step that is taken before the prefill is over does the rest of it first. By
    /// default there is nothing to prefill.
    ///
    /// - Returns: whether there is more to prefill.
    mutating func prefillChunk() throws -> Bool

    /// Takes one step; `nil` when the reply is over.
    mutating func next() throws -> GenerationStep<Frame>?
}

extension SpeechGeneration {
    public var promptLength: Int { 0 }
    public var chosenTokens: [[Int32]] { [] }
    public var reachedLimit: Bool { false }
    public mutating func prefillChunk() throws -> Bool { false }
}
