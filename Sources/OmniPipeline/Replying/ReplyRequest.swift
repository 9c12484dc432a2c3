import OmniCore

/// The question of a reply.
enum ReplyQuestion<Encoder: SpeechEncoder>: Sendable {
    case speech(AudioChunk)
    case text(String)
    /// Speech that was encoded while it was spoken, as far as that goes.
    case features(SharedFeatures<Encoder>)

    var isSpoken: Bool {
        switch self {
        case .speech, .features: true
        case .text: false
        }
    }
}

/// How a question is answered.
struct ReplyRequest: Sendable {
    let mode: ReplyMode
    let options: ReplyOptions
    /// When the question was asked.
    let instant: ContinuousClock.Instant
}

extension ReplyMode {
    /// The mode to answer in.
    ///
    /// - Parameters:
    ///   - mode: what was asked for; `nil` for the first of `modes` that fits the question.
    ///   - modes: what the model knows.
    ///   - isSpoken: whether the question is spoken.
    /// - Throws: ``OmniSessionError/unsupportedMode(_:supported:)``, ``OmniSessionError/noMode(isSpoken:)``.
    static func resolve(
        _ mode: ReplyMode?, of modes: [ReplyMode], isSpoken: Bool
    ) throws(OmniSessionError) -> ReplyMode {
        guard let mode = mode ?? modes.first(where: { $0.listens == isSpoken }) else {
            throw .noMode(isSpoken: isSpoken)
        }
        guard modes.contains(mode) else { throw .unsupportedMode(mode, supported: modes) }
        return mode
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

    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to stream: ReplyStream
    ) async throws {
        try await ReplyTask(pipeline, scheduler, request, stream).run(question)
    }
}
