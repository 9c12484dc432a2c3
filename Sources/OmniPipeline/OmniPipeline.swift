public import OmniCore

/// The parts of a speech-to-speech model, fitted together: a speech encoder, a language model, a codec and a tokenizer.
///
/// The value is immutable and can be shared; everything that changes lives in a session, see
/// ``makeSession()``. ``MiniOmni`` is the pipeline with the parts of the published model. Any part can be another that
/// plays the same role: the compiler checks that the model takes the encoder's features and that the codec takes the
/// model's frames.
public struct OmniPipeline<
    Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer
>: Sendable where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    /// Encodes speech.
    public var encoder: Encoder
    /// Generates text and audio tokens.
    public let model: Model
    /// Decodes audio frames.
    public let codec: Codec
    /// Converts between text and token ids.
    public let tokenizer: Text
    /// Detects speech; `nil` when the pipeline has no detector.
    public let voiceActivity: (any VoiceActivityModel)?
    /// Judges at a pause whether a speaker has finished, where ``TurnSettings/semantic`` asks for it; `nil` to let
    /// silence end turns.
    public var turnEnd: (any TurnEndModel)?
    /// Transcribes the turns of a conversation; `nil` to let the language model do it.
    public var transcriber: (any SpeechTranscriber)?
    /// How long the parts took to load; `nil` when the caller made them.
    public internal(set) var loadDurations: LoadDurations?

    /// Fits parts together.
    public init(
        encoder: Encoder, model: Model, codec: Codec, tokenizer: Text,
        voiceActivity: (any VoiceActivityModel)? = nil
    ) {
        self.encoder = encoder
        self.model = model
        self.codec = codec
        self.tokenizer = tokenizer
        self.voiceActivity = voiceActivity
    }

    /// A new session. Sessions of one pipeline share its weights and nothing else.
    public func makeSession() -> OmniSession { makeScheduler(.unlimited).makeSession() }

    /// A scheduler, for sessions that reply at the same time.
    ///
    /// - Parameters:
    ///   - options: what is admitted.
    ///   - capacity: what an earlier scheduler has measured, ``OmniScheduler/capacity``.
    public func makeScheduler(
        _ options: SchedulerOptions = SchedulerOptions(), capacity: CapacityEstimate = CapacityEstimate()
    ) -> OmniScheduler {
        let scheduler = BatchScheduler(
            model, options, capacity: capacity, executor: InferenceExecutor(name: "omni.session"))
        return OmniScheduler(scheduler) { PipelineReplies(pipeline: self, scheduler: scheduler) }
    }
}

/// How long the parts of a pipeline took to load. They load side by side, so that the total is less than the sum.
public struct LoadDurations: Sendable, Hashable {
    /// The speech encoder.
    public var encoder: Duration
    /// The language model.
    public var model: Duration
    /// The codec.
    public var codec: Duration
    /// The tokenizer.
    public var tokenizer: Duration
    /// The detector of voice activity; `nil` when there is none.
    public var voiceActivity: Duration?
    /// From the call to the finished pipeline.
    public var total: Duration

    /// Bundles the durations.
    public init(
        encoder: Duration, model: Duration, codec: Duration, tokenizer: Duration, voiceActivity: Duration?,
        total: Duration
    ) {
        self.encoder = encoder
        self.model = model
        self.codec = codec
        self.tokenizer = tokenizer
        self.voiceActivity = voiceActivity
        self.total = total
    }
}

/// Makes replies: a pipeline, whatever its parts are.
protocol ReplyMaker: Sendable {
    associatedtype Encoder: SpeechEncoder

    var encoder: Encoder { get }
    /// The modes of the model, see `SpeechLanguageModel.modes`.
    var modes: [ReplyMode] { get }
    var voiceActivity: (any VoiceActivityModel)? { get }
    var turnEnd: (any TurnEndModel)? { get }
    var transcriber: (any SpeechTranscriber)? { get }
    /// Where turns are transcribed, one after the other.
    var transcribingExecutor: InferenceExecutor { get }

    /// Sends the events of a reply, all but a failure.
    func makeReply(to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to stream: ReplyStream) async throws
}

/// A pipeline, and the scheduler of the replies that it makes.
struct PipelineReplies<Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer>:
    ReplyMaker
where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    let pipeline: OmniPipeline<Encoder, Model, Codec, Text>
    let scheduler: BatchScheduler<Model>

    var encoder: Encoder { pipeline.encoder }
    var modes: [ReplyMode] { pipeline.model.modes }
    var voiceActivity: (any VoiceActivityModel)? { pipeline.voiceActivity }
    var turnEnd: (any TurnEndModel)? { pipeline.turnEnd }
    var transcriber: (any SpeechTranscriber)? { pipeline.transcriber }
    var transcribingExecutor: InferenceExecutor { scheduler.transcribingExecutor }

    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to stream: ReplyStream
    ) async throws {
        try await ReplyTask(pipeline, scheduler, request, stream).run(question)
    }
}
