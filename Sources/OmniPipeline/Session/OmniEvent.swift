public import OmniCore

/// Tells the replies of a conversation apart: a player drops the audio of a reply that was interrupted.
public struct ReplyID: Sendable, Hashable, CustomStringConvertible {
    /// Counts the replies of a conversation, from 0.
    public let index: Int

    /// Names a reply.
    public init(index: Int) { self.index = index }

    public var description: String { "reply \(index)" }
}

/// What a reply makes known, as soon as it is known.
///
/// A reply is ``started(_:)``, then ``text(_:)`` and ``audio(_:)`` in the order in which they become known, then
/// ``finished(_:)``. Warnings may come at any place before the end. A reply that is interrupted while its question is
/// encoded or prefilled has no ``started(_:)``, one that fails no ``finished(_:)``. In a conversation each event comes
/// with the ``ReplyID`` of its reply: ``ConversationEvent/reply(_:_:)``.
@nonexhaustive public enum OmniEvent: Sendable, Hashable {
    /// The question was prefilled; the first decode step comes next.
    case started(ReplyStart)
    /// More of the reply's text, whole scalars only. All deltas joined are the text.
    case text(String)
    /// More of the reply's audio. All chunks joined are the audio, without seams.
    case audio(AudioChunk)
    /// Something that the reply suffers from.
    case warning(ReplyWarning)
    /// The reply is over; nothing follows.
    case finished(ReplyMetrics)
}

/// What is known of a reply before its first step.
public struct ReplyStart: Sendable, Hashable {
    /// What goes in and what comes out.
    public var mode: ReplyMode
    /// How much of a spoken question is encoded; `nil` for a written one.
    public var questionDuration: Duration?
    /// Positions that the prompt takes.
    public var promptLength: Int

    /// Bundles the facts.
    public init(mode: ReplyMode, questionDuration: Duration?, promptLength: Int) {
        self.mode = mode
        self.questionDuration = questionDuration
        self.promptLength = promptLength
    }
}

/// Something that a reply suffers from.
@nonexhaustive public enum ReplyWarning: Sendable, Hashable, CustomStringConvertible {
    /// The question was longer than the encoder can hear: only its start is answered.
    case questionCut(heard: Duration, of: Duration)

    public var description: String {
        switch self {
        case .questionCut(let heard, let whole):
            "the question lasts \(whole.inSeconds) s; only the first \(heard.inSeconds) s are heard"
        }
    }
}
