public import OmniCore

/// The parts of a speech-to-speech model, fitted together: an encoder that listens, a language model that answers, a
/// codec that sounds and a tokenizer that spells.
///
/// The value is immutable and can be shared; everything that changes lives in a session, see
/// ``makeSession()``. ``MiniOmni`` is the pipeline with the parts of the published model. Any part can be another that
/// plays the same role: the compiler checks that the model hears what the encoder gives and that the codec takes what
/// the model emits.
public struct OmniPipeline<
    Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer
>: Sendable where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    /// Listens.
    public var encoder: Encoder
    /// Answers.
    public let model: Model
    /// Sounds.
    public let codec: Codec
    /// Spells.
    public let tokenizer: Text
    /// Hears when somebody speaks; `nil` where nothing does.
    public let voiceActivity: (any VoiceActivityModel)?
    /// How long the parts took to load; `nil` when they were brought along.
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

    /// A scheduler, for sessions of several people who talk at once.
    ///
    /// - Parameter options: how many.
    public func makeScheduler(_ options: SchedulerOptions = SchedulerOptions()) -> OmniScheduler {
        let desk = ReplyDesk(model, options, executor: InferenceExecutor(name: "omni.session"))
        return OmniScheduler(desk) { PipelineReplies(pipeline: self, desk: desk) }
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
}
