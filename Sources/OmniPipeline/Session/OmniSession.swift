public import OmniCore
import Synchronization

/// Answers questions, one at a time; each reply can be interrupted.
///
/// Everything is computed on a thread of the session's own, or of its ``OmniScheduler``. Questions do not build on each
/// other: the published model has no memory of earlier turns.
public final class OmniSession: Sendable {
    private struct Current {
        var stream: ReplyStream?
        var task: Task<Void, Never>?
    }

    let maker: any ReplyMaker
    let executor: InferenceExecutor
    private let current = Mutex(Current())

    init(_ maker: any ReplyMaker, executor: InferenceExecutor) {
        self.maker = maker
        self.executor = executor
    }

    /// Answers a spoken question at any sample rate.
    ///
    /// The reply begins at once, and interrupts the one before it if that is not over. It ends when all events are
    /// made, on
    /// ``interrupt()``, when the task that takes the events is cancelled and when the stream is released; in the last
    /// two cases without an ``OmniEvent/finished(_:)``. A stream kept in a variable is computed also when no task takes
    /// events from it, up to ``ReplyOptions/maximumBufferedAudio``.
    ///
    /// What is too long for the encoder is left out, with a ``ReplyWarning/questionCut(heard:of:)``. A question
    /// of fewer samples than `SpeechEncoder.minimumSampleCount` is refused with an `AudioInputError`.
    ///
    /// - Parameters:
    ///   - utterance: the question.
    ///   - mode: one of the model's modes that listen; `nil` for the first of them.
    ///   - options: how to answer.
    /// - Returns: the events; fails with an ``OmniSessionError``, an `AudioInputError`, a ``DedicatedThreadError`` or
    ///   an error of a part's.
    public func respond(
        to utterance: AudioChunk, mode: ReplyMode? = nil, options: ReplyOptions = ReplyOptions()
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        ask(maker, .speech(utterance), mode: mode, options: options)
    }

    /// Answers a written question. Everything else as in
    /// ``respond(to:mode:options:)-(AudioChunk,_,_)``.
    ///
    /// - Parameters:
    ///   - text: the question.
    ///   - mode: one of the model's modes that read; `nil` for the first of them.
    ///   - options: how to answer.
    public func respond(
        to text: String, mode: ReplyMode? = nil, options: ReplyOptions = ReplyOptions()
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        ask(maker, .text(text), mode: mode, options: options)
    }

    /// Ends the reply in progress: at most the step that is being computed is still made, and none of it is sent.
    ///
    /// Audio that was not yet taken from the stream is dropped; text is not. The stream ends with an
    /// ``OmniEvent/finished(_:)`` whose ending is ``ReplyEnding/interrupted``. Returns at once, from any thread, and
    /// does nothing when there is nothing to interrupt.
    public func interrupt() {
        current.withLock { $0.stream }?.interrupt()
    }

    private func ask<Maker: ReplyMaker>(
        _ maker: Maker, _ question: WrittenOrSpoken, mode: ReplyMode?, options: ReplyOptions
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        let stream = ReplyStream(maximumBufferedAudio: options.maximumBufferedAudio)
        do {
            let question = question.question(for: Maker.Encoder.self)
            let mode = try ReplyMode.resolve(mode, of: maker.modes, isSpoken: question.isSpoken)
            begin(question, by: maker, mode: mode, options: options, to: stream)
        } catch {
            stream.finish(throwing: error)
        }
        let consumer = ReplyConsumer(stream)
        return AsyncThrowingStream { try await consumer.next() }
    }

    /// Begins a reply, as soon as the one before has come to its end, which is asked for.
    func begin<Maker: ReplyMaker>(
        _ question: ReplyQuestion<Maker.Encoder>, by maker: Maker, mode: ReplyMode, options: ReplyOptions,
        to stream: ReplyStream
    ) {
        let request = ReplyRequest(mode: mode, options: options, instant: .now)
        let previous = current.withLock { current in
            let (previousTask, previousStream) = (current.task, current.stream)
            current.stream = stream
            do {
                let hold = try executor.hold()
                current.task = Task(executorPreference: executor) {
                    await previousTask?.value
                    do {
                        try await maker.makeReply(to: question, request, to: stream)
                        stream.finish()
                    } catch {
                        stream.finish(throwing: error)
                    }
                    withExtendedLifetime(hold) {}
                }
            } catch {
                stream.finish(throwing: error)
            }
            return previousStream
        }
        previous?.interrupt()
    }
}

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

/// A question that comes at once, whatever encoder takes it.
private enum WrittenOrSpoken {
    case speech(AudioChunk)
    case text(String)

    func question<Encoder: SpeechEncoder>(for encoder: Encoder.Type) -> ReplyQuestion<Encoder> {
        switch self {
        case .speech(let utterance): .speech(utterance)
        case .text(let text): .text(text)
        }
    }
}

/// Lives as long as the stream that events are taken from, and stops the reply when that is released.
private final class ReplyConsumer: Sendable {
    private let stream: ReplyStream

    init(_ stream: ReplyStream) { self.stream = stream }

    deinit { stream.abandon() }

    func next() async throws -> OmniEvent? { try await stream.nextEvent() }
}
