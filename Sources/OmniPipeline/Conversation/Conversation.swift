public import OmniCore

/// A conversation in progress: its events, and the commands that a caller can give.
///
/// It listens and answers from the beginning, whether or not events are taken, as far as it may run ahead; it ends with
/// the audio, when the task that takes its events is cancelled, on ``cancel()``, and when it is released. Events are
/// taken once, by one loop.
///
/// All commands return at once and may be given from any task. They are carried out in their order.
public final class Conversation: AsyncSequence, Sendable {
    public typealias Element = ConversationEvent
    public typealias Failure = any Error

    private let inbox: Mailbox<ConversationInbox>
    private let outbox: Mailbox<ConversationOutbox>

    init(inbox: Mailbox<ConversationInbox>, outbox: Mailbox<ConversationOutbox>) {
        self.inbox = inbox
        self.outbox = outbox
    }

    deinit { cancel() }

    // MARK: Events

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// Takes the events of a conversation, and keeps it alive.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let conversation: Conversation

        init(_ conversation: Conversation) { self.conversation = conversation }

        public mutating func next() async throws -> ConversationEvent? { try await conversation.outbox.nextEvent() }

        /// Takes the next event, on the caller's actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> ConversationEvent? {
            try await conversation.outbox.nextEvent()
        }
    }

    // MARK: Audio

    /// Hands over the next audio of a conversation that ``OmniSession/converse(_:)`` began, and returns when it has
    /// been processed: commands that are given then come after it. Audio comes from one task.
    public func push(_ chunk: AudioChunk) async { await inbox.feed(chunk) }

    /// There is no more audio. The conversation ends once the last reply is over.
    public func finish() async { await inbox.endAudio() }

    // MARK: Turns

    /// Ends the turn in progress here, however short it is. Without ``ConversationOptions/turns`` that is all that was
    /// heard since the turn before, and the only way to end a turn.
    public func commit() { inbox.send(.commit) }

    /// Takes recorded audio as a turn that has ended. No reply to it begins by itself.
    public func commit(_ audio: AudioChunk) { inbox.send(.commitAudio(audio)) }

    /// Forgets the turn in progress; ``ConversationEvent/cleared`` follows.
    public func clear() { inbox.send(.clear) }

    /// Finds turns otherwise from here on; `nil`: no more by itself.
    public func change(_ turns: TurnSettings?) { inbox.send(.changeTurns(turns)) }

    /// Goes on with other options. ``ConversationOptions/echo``, ``ConversationOptions/pace``,
    /// ``ConversationOptions/playback``, ``ConversationOptions/voiceActivity``, ``ConversationOptions/executor`` and
    /// ``ConversationOptions/onReplayEntry`` stay what they were.
    public func change(_ options: ConversationOptions) { inbox.send(.change(options)) }

    // MARK: Replies

    /// Answers the turn that ended last, also when it was answered before. ``ConversationEvent/replyBegan(_:)``
    /// follows.
    ///
    /// - Parameters:
    ///   - mode: one of the modes that listen; `nil` for that of the conversation.
    ///   - generation: how tokens are chosen; `nil` for the choice of the conversation.
    public func respond(mode: ReplyMode? = nil, generation: GenerationOptions? = nil) {
        inbox.send(.respond(RespondRequest(question: .lastTurn, mode: mode, generation: generation)))
    }

    /// Answers a spoken question that is no turn of the conversation. ``ConversationEvent/replyBegan(_:)`` follows.
    ///
    /// - Parameters:
    ///   - utterance: the question.
    ///   - mode: one of the modes that listen; `nil` for that of the conversation.
    ///   - generation: how tokens are chosen; `nil` for the choice of the conversation.
    public func respond(
        to utterance: AudioChunk, mode: ReplyMode? = nil, generation: GenerationOptions? = nil
    ) {
        inbox.send(.respond(RespondRequest(question: .speech(utterance), mode: mode, generation: generation)))
    }

    /// Answers a written question. ``ConversationEvent/replyBegan(_:)`` follows.
    ///
    /// - Parameters:
    ///   - text: the question.
    ///   - mode: one of the modes that read; `nil` for the first of the model's.
    ///   - generation: how tokens are chosen; `nil` for the choice of the conversation.
    public func respond(
        to text: String, mode: ReplyMode? = nil, generation: GenerationOptions? = nil
    ) {
        inbox.send(.respond(RespondRequest(question: .text(text), mode: mode, generation: generation)))
    }

    /// Stops the reply in progress; ``ConversationEvent/replyInterrupted(_:)`` follows.
    public func interrupt() { inbox.send(.interrupt) }

    /// Says from the player's side how much of a reply was really heard: the reply in progress stops there; for the
    /// one that was stopped or heard last a ``ConversationEvent/replyTruncated(_:)`` follows. Nothing happens for
    /// others.
    public func truncate(_ reply: ReplyID, heard: Duration) { inbox.send(.truncate(reply, heard: heard)) }

    /// Ends the conversation at once, without a last event. At most the step that is being computed is still made.
    public func cancel() { outbox.abandon() }
}
