public import OmniCore
import Synchronization

/// Answers questions, one at a time, and lets itself be interrupted.
///
/// Everything is computed on a thread of the session's own, or of its ``OmniScheduler``. Questions do not build on each
/// other: the published model has no memory of earlier turns.
public final class OmniSession: Sendable {
    private struct Current {
        var replyCount = 0
        var channel: ReplyChannel?
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
    /// ``interrupt()``, when the task that takes the events is cancelled and when the stream is let go; in the last two
    /// cases without an ``OmniEvent/finished(_:_:)``. A stream kept in a variable is computed also when nobody takes
    /// events from it, up to ``ReplyOptions/maximumBufferedAudio``.
    ///
    /// What the encoder cannot hear for length is left out, with a ``ReplyWarning/questionCut(heard:of:)``. A question
    /// of fewer samples than `SpeechEncoder.minimumSampleCount` is refused with a ``SpeechlessAudioError``.
    ///
    /// - Parameters:
    ///   - utterance: the question.
    ///   - mode: one of the modes that listen.
    ///   - options: how to answer.
    /// - Returns: the events; fails with an ``OmniSessionError``, a ``ResamplerError``, a ``DedicatedThreadError`` or
    ///   an error of a part's.
    public func respond(
        to utterance: AudioChunk, mode: ReplyMode = .speechToSpeechBatch, options: ReplyOptions = ReplyOptions()
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        ask(maker, .speech(utterance), mode: mode, options: options)
    }

    /// Answers a written question. Everything else as in
    /// ``respond(to:mode:options:)-(AudioChunk,_,_)``.
    ///
    /// - Parameters:
    ///   - text: the question.
    ///   - mode: one of the modes that read.
    ///   - options: how to answer.
    public func respond(
        to text: String, mode: ReplyMode = .textToSpeech, options: ReplyOptions = ReplyOptions()
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        ask(maker, .text(text), mode: mode, options: options)
    }

    /// Ends the reply in progress: at most the step that is being computed is still made, and none of it is heard.
    ///
    /// Sound that was not yet taken from the stream is dropped; text is not. The stream ends with an
    /// ``OmniEvent/finished(_:_:)`` whose ending is ``ReplyEnding/interrupted``. Returns at once, from any thread, and
    /// does nothing when there is nothing to interrupt.
    public func interrupt() {
        current.withLock { $0.channel }?.interrupt()
    }

    private func ask<Maker: ReplyMaker>(
        _ maker: Maker, _ question: WrittenOrSpoken, mode: ReplyMode, options: ReplyOptions
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        let channel = ReplyChannel(maximumBufferedAudio: options.maximumBufferedAudio)
        begin(question.question(for: Maker.Encoder.self), by: maker, mode: mode, options: options, to: channel)
        let taker = ReplyTaker(channel)
        return AsyncThrowingStream { try await taker.next() }
    }

    /// Begins a reply, as soon as the one before has come to its end, which is asked for.
    @discardableResult
    func begin<Maker: ReplyMaker>(
        _ question: ReplyQuestion<Maker.Encoder>, by maker: Maker, mode: ReplyMode, options: ReplyOptions,
        to channel: ReplyChannel
    ) -> ReplyID {
        let instant = ContinuousClock.now
        let (reply, previous) = current.withLock { current in
            let request = ReplyRequest(
                mode: mode, options: options, reply: ReplyID(index: current.replyCount), instant: instant)
            let (previousTask, previousChannel) = (current.task, current.channel)
            current.replyCount += 1
            current.channel = channel
            do {
                let hold = try executor.hold()
                current.task = Task(executorPreference: executor) {
                    await previousTask?.value
                    do {
                        try await maker.makeReply(to: question, request, to: channel)
                        channel.finish()
                    } catch {
                        channel.finish(throwing: error)
                    }
                    withExtendedLifetime(hold) {}
                }
            } catch {
                channel.finish(throwing: error)
            }
            return (request.reply, previousChannel)
        }
        previous?.interrupt()
        return reply
    }
}

/// A question that comes at once, whatever encoder hears it.
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

/// Lives as long as the stream that events are taken from, and stops the reply when that is let go.
private final class ReplyTaker: Sendable {
    private let channel: ReplyChannel

    init(_ channel: ReplyChannel) { self.channel = channel }

    deinit { channel.abandon() }

    func next() async throws -> OmniEvent? { try await channel.next() }
}
