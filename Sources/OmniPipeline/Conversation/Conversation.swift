public import OmniCore

/// A conversation that goes on: its events, and what can be done about it from outside.
///
/// It listens and answers from the beginning, whether or not events are taken, as far as it may run ahead; it ends with
/// the sound, when the task that takes its events is cancelled, on ``cancel()``, and when it is let go. Events are
/// taken once, by one loop.
///
/// All methods return at once and may be called from anywhere.
public final class Conversation: AsyncSequence, Sendable {
    public typealias Element = ConversationEvent
    public typealias Failure = any Error

    private let inbox: ConversationInbox
    private let outbox: ConversationOutbox

    init(inbox: ConversationInbox, outbox: ConversationOutbox) {
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

        public mutating func next() async throws -> ConversationEvent? { try await conversation.outbox.next() }

        /// Takes the next event, on the caller's actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> ConversationEvent? {
            try await conversation.outbox.next()
        }
    }

    // MARK: Turns

    /// Ends the turn in progress here, however short it is. Without ``ConversationOptions/turns`` that is all that was
    /// heard since the turn before, and the only way to end a turn.
    public func commit() { inbox.send(.commit) }

    /// Forgets the turn in progress.
    public func clear() { inbox.send(.clear) }

    /// Finds turns otherwise from here on; `nil`: no more by itself.
    public func change(_ turns: TurnSettings?) { inbox.send(.change(turns)) }

    // MARK: Answers

    /// Answers the turn that ended last, also when it was answered before.
    public func respond() { inbox.send(.respond) }

    /// Answers a written question.
    ///
    /// - Parameters:
    ///   - text: the question.
    ///   - mode: one of the modes that read.
    public func respond(to text: String, mode: ReplyMode = .textToSpeech) { inbox.send(.respondToText(text, mode)) }

    /// Stops the answer in progress; ``ConversationEvent/replyInterrupted(_:)`` follows.
    public func interrupt() { inbox.send(.interrupt) }

    /// Says from the player's side how much of an answer was really heard: the answer in progress stops there; for the
    /// one that was stopped or heard last a ``ConversationEvent/replyTruncated(_:)`` follows. Nothing happens for
    /// others.
    public func truncate(_ reply: ReplyID, heard: Duration) { inbox.send(.truncate(reply, heard: heard)) }

    /// Ends the conversation at once, without a last event. At most the step that is being computed is still made.
    public func cancel() { outbox.abandon() }
}
