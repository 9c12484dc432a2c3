public import OmniCore
import Synchronization

/// Answers questions, one at a time, and lets itself be interrupted.
///
/// Everything is computed on a thread of the session's own. Questions do not build on each other: the published model
/// has no memory of earlier turns.
public final class OmniSession: Sendable {
    private struct Current {
        var replyCount = 0
        var channel: ReplyChannel?
        var task: Task<Void, Never>?
    }

    private let maker: any ReplyMaker
    private let executor = InferenceExecutor(name: "omni.session")
    private let current = Mutex(Current())

    init(_ maker: any ReplyMaker) { self.maker = maker }

    /// Answers a spoken question at any sample rate.
    ///
    /// The reply begins at once, and interrupts the one before it if that is not over. It ends when all events are made, on
    /// ``interrupt()``, when the task that takes the events is cancelled and when the stream is let go; in the last two
    /// cases without an ``OmniEvent/finished(_:_:)``. A stream kept in a variable is computed also when nobody takes
    /// events from it, up to ``ReplyOptions/maximumBufferedAudio``.
    ///
    /// What the encoder cannot hear for length is left out, with a ``ReplyWarning/questionCut(heard:of:)``. A question
    /// without samples is answered like silence.
    ///
    /// - Parameters:
    ///   - utterance: the question.
    ///   - mode: one of the modes that listen.
    ///   - options: how to answer.
    /// - Returns: the events; fails with an ``OmniSessionError``, a ``ResamplerError`` or an error of a part's.
    public func respond(
        to utterance: AudioChunk, mode: ReplyMode = .speechToSpeechBatch, options: ReplyOptions = ReplyOptions()
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        respond(to: .speech(utterance), mode: mode, options: options)
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
        respond(to: .text(text), mode: mode, options: options)
    }

    /// Ends the reply in progress: at most the step that is being computed is still made, and none of it is heard.
    ///
    /// Sound that was not yet taken from the stream is dropped; text is not. The stream ends with an
    /// ``OmniEvent/finished(_:_:)`` whose ending is ``ReplyEnding/interrupted``. Returns at once, from any thread, and does
    /// nothing when there is nothing to interrupt.
    public func interrupt() {
        current.withLock { $0.channel }?.interrupt()
    }

    private func respond(
        to question: ReplyRequest.Question, mode: ReplyMode, options: ReplyOptions
    ) -> AsyncThrowingStream<OmniEvent, any Error> {
        let instant = ContinuousClock.now
        let channel = ReplyChannel(maximumBufferedAudio: options.maximumBufferedAudio)
        let previous = current.withLock { current in
            let request = ReplyRequest(
                question: question, mode: mode, options: options, reply: ReplyID(index: current.replyCount),
                instant: instant)
            let (previousTask, previousChannel) = (current.task, current.channel)
            current.replyCount += 1
            current.channel = channel
            current.task = Task(executorPreference: executor) { [maker] in
                await previousTask?.value
                do {
                    try await maker.makeReply(request, to: channel)
                    channel.finish()
                } catch {
                    channel.finish(throwing: error)
                }
            }
            return previousChannel
        }
        previous?.interrupt()
        let taker = ReplyTaker(channel)
        return AsyncThrowingStream { try await taker.next() }
    }
}

/// Lives as long as the stream that events are taken from, and stops the reply when that is let go.
private final class ReplyTaker: Sendable {
    private let channel: ReplyChannel

    init(_ channel: ReplyChannel) { self.channel = channel }

    deinit { channel.abandon() }

    func next() async throws -> OmniEvent? { try await channel.next() }
}
