public import OmniCore

/// How a reply ended.
public enum ReplyEnding: String, Sendable, Hashable, CaseIterable {
    /// The model ended the reply.
    case completed
    /// One of the limits in `GenerationOptions` was reached.
    case reachedLimit
    /// ``OmniSession/interrupt()``, or another question.
    case interrupted
}

/// What a reply was, and what it took.
public struct ReplyMetrics: Sendable, Hashable {
    /// What went in and what came out.
    public var mode: ReplyMode
    /// How it ended.
    public var ending: ReplyEnding = .completed
    /// Positions that the prompt took; 0 when the reply was interrupted before.
    public var promptLength = 0
    /// Steps taken after the prompt.
    public var stepCount = 0
    /// Everything chosen, one list a stream: the audio streams, then text.
    public var chosenTokens: [[Int32]] = []
    /// How much of a spoken question was encoded; `nil` for a written one.
    public var questionDuration: Duration?
    /// How long the reply's audio is, audio that was dropped on an interruption included.
    public var audioDuration: Duration = .zero

    /// Time until the reply before this one had come to its end.
    public var waitTime: Duration = .zero
    /// Time to bring the question to the encoder's rate.
    public var resamplingTime: Duration = .zero
    /// Time to encode or tokenize the question.
    public var encodingTime: Duration = .zero
    /// Time to prefill the prompt.
    public var prefillTime: Duration = .zero
    /// Time in the steps of the language model, all together.
    public var stepTime: Duration = .zero
    /// The longest single step.
    public var longestStepTime: Duration = .zero
    /// Time in the codec.
    public var codecTime: Duration = .zero
    /// Time spent waiting for audio to be taken from the stream; see ``ReplyOptions/maximumBufferedAudio``.
    public var pausedTime: Duration = .zero
    /// From the question to the first text; `nil` when there was none.
    public var timeToFirstText: Duration?
    /// From the question to the first audio; `nil` when there was none.
    public var timeToFirstAudio: Duration?
    /// From the question to the end of the reply.
    public var totalTime: Duration = .zero

    /// Starts counting.
    public init(mode: ReplyMode) { self.mode = mode }

    /// One step on average; `nil` before the first.
    public var meanStepTime: Duration? { stepCount > 0 ? stepTime / stepCount : nil }

    /// Time at work over the duration of the audio: below 1 is faster than real time. `nil` without audio.
    public var realTimeFactor: Double? {
        audioDuration > .zero ? (totalTime - pausedTime - waitTime) / audioDuration : nil
    }
}
