public import OmniCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A language model that follows a script, whatever it is asked.
public final class ScriptedModel: SpeechLanguageModel {
    /// What it was asked.
    public struct Asked: Sendable {
        public let question: Question<AudioChunk>
        public let mode: ReplyMode
        public let options: GenerationOptions
    }

    /// The script. Every reply plays it from the start.
    public let steps: [ScriptedStep]
    /// Whether the script starts over at its end.
    public let isEndless: Bool
    /// How long the prompt is.
    public let promptLength: Int
    /// Thrown instead of reading a question.
    public let prefillError: ScriptedError?
    /// Opens for each step, when there is one.
    public let gate: StepGate?

    private let log = Mutex<(asked: [Asked], stepCount: Int)>(([], 0))

    /// Learns a script.
    public init(
        _ steps: [ScriptedStep], isEndless: Bool = false, promptLength: Int = 5, prefillError: ScriptedError? = nil,
        gate: StepGate? = nil
    ) {
        self.steps = steps
        self.isEndless = isEndless
        self.promptLength = promptLength
        self.prefillError = prefillError
        self.gate = gate
    }

    /// All questions, oldest first.
    public var asked: [Asked] { log.withLock { $0.asked } }
    /// Steps taken in all replies.
    public var stepCount: Int { log.withLock { $0.stepCount } }

    /// All modes, in the order of Mini-Omni.
    public var modes: [ReplyMode] {
        [.speechToSpeechBatch, .speechToSpeech, .speechToText, .transcription, .textToSpeech, .textToText]
    }

    public func makeGeneration(
        answering question: Question<AudioChunk>, mode: ReplyMode, options: GenerationOptions
    ) throws -> ScriptedGeneration {
        if let prefillError { throw prefillError }
        log.withLock { $0.asked.append(Asked(question: question, mode: mode, options: options)) }
        return ScriptedGeneration(model: self, limit: options.maximumStepCount)
    }

    fileprivate func step(_ index: Int) throws -> ScriptedStep? {
        try gate?.pass()
        guard index < steps.count || isEndless, !steps.isEmpty else { return nil }
        let step = steps[index % steps.count]
        if step.delay > .zero { usleep(UInt32(step.delay / .microseconds(1))) }
        log.withLock { $0.stepCount += 1 }
        if let error = step.error { throw error }
        return step
    }
}

/// One reply of a ``ScriptedModel``.
public struct ScriptedGeneration: SpeechGeneration {
    private let model: ScriptedModel
    private let limit: Int?
    private var index = 0
    public private(set) var chosenTokens: [[Int32]] = [[], []]
    public private(set) var reachedLimit = false
    public var promptLength: Int { model.promptLength }

    init(model: ScriptedModel, limit: Int?) {
        self.model = model
        self.limit = limit
    }

    public mutating func next() throws -> GenerationStep<CodeFrame>? {
        if let limit, index >= limit {
            reachedLimit = true
            return nil
        }
        guard let step = try model.step(index) else { return nil }
        index += 1
        if let code = step.code { chosenTokens[0].append(code) }
        if let text = step.text { chosenTokens[1].append(Int32(bitPattern: text.value)) }
        return GenerationStep(
            text: step.text.map { TokenID(Int($0.value)) },
            frame: step.code.map { CodeFrame(CollectionOfOne($0)) })
    }
}
