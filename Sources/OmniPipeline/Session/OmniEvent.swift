public import OmniCore

/// Tells the replies of a session apart: a player drops the sound of a reply that was interrupted.
public struct ReplyID: Sendable, Hashable, CustomStringConvertible {
    /// Counts the replies of a session, from 0.
    public let index: Int

    /// Names a reply.
    public init(index: Int) { self.index = index }

    public var description: String { "reply \(index)" }
}

/// What a session makes known while it answers, as soon as it knows.
///
/// A reply is ``started(_:_:)``, then ``text(_:_:)`` and ``audio(_:_:)`` in the order in which they become known, then
/// ``finished(_:_:)``. Warnings may come at any place before the end.
@nonexhaustive public enum OmniEvent: Sendable, Hashable {
    /// The question was read; the first step comes next.
    case started(ReplyStart, ReplyID)
    /// More of the answer's text, whole scalars only. All deltas joined are the text.
    case text(String, ReplyID)
    /// More of the answer's sound. All chunks joined are the sound, without seams.
    case audio(AudioChunk, ReplyID)
    /// Something that the answer suffers from.
    case warning(ReplyWarning, ReplyID)
    /// The answer is over; nothing follows.
    case finished(ReplyMetrics, ReplyID)

    /// The reply that the event belongs to.
    public var reply: ReplyID {
        switch self {
        case .started(_, let reply), .text(_, let reply), .audio(_, let reply), .warning(_, let reply),
            .finished(_, let reply):
            reply
        }
    }
}

/// What is known of a reply before its first step.
public struct ReplyStart: Sendable, Hashable {
    /// What goes in and what comes out.
    public var mode: ReplyMode
    /// How much of a spoken question is heard; `nil` for a written one.
    public var questionDuration: Duration?
    /// Positions that the prompt takes.
    public var promptLength: Int
}

/// Something that an answer suffers from.
@nonexhaustive public enum ReplyWarning: Sendable, Hashable, CustomStringConvertible {
    /// The question was longer than the encoder can hear: it answers the start.
    case questionCut(heard: Duration, of: Duration)

    public var description: String {
        switch self {
        case .questionCut(let heard, let whole):
            "the question lasts \(whole.inSeconds) s; only the first \(heard.inSeconds) s are heard"
        }
    }
}
