import OmniCore

/// Tells the turns of a conversation's speaker apart.
public struct TurnID: Sendable, Hashable, CustomStringConvertible {
    /// Counts the turns of a conversation, from 0.
    public let index: Int

    /// Names a turn.
    public init(index: Int) { self.index = index }

    public var description: String { "turn \(index)" }
}

/// What happens in a conversation, in the order in which it becomes known. Places are spans of the sound that came in,
/// counted from its beginning.
@nonexhaustive public enum ConversationEvent: Sendable {
    /// Somebody began to speak; the turn's sound begins at `place`.
    case speechStarted(TurnID, at: Duration)
    /// What began was too short to be a turn, or was cleared.
    case speechDropped(TurnID)
    /// The turn may be over: an answer is being prepared, silently.
    case preparing(TurnID)
    /// The speaker went on: what was prepared is gone.
    case preparationDropped(TurnID)
    /// The turn is over.
    case turnEnded(Turn)
    /// More of what was said in a turn.
    case transcript(String, TurnID)
    /// All that was said in a turn.
    case transcribed(String, TurnID)
    /// Something about an answer, as in ``OmniSession/respond(to:mode:options:)-(AudioChunk,_,_)``. After a
    /// ``replyPaused(_:heard:)`` nothing comes until it is resumed or interrupted; after ``replyInterrupted(_:)``
    /// nothing but ``OmniEvent/finished(_:_:)``.
    case reply(OmniEvent)
    /// Somebody speaks over the answer: a player holds it, here.
    case replyPaused(ReplyID, heard: Duration)
    /// It was nothing: the answer goes on.
    case replyResumed(ReplyID)
    /// The answer is stopped: a player drops what it still has.
    case replyInterrupted(Interruption)
    /// A player has said how much was really heard of an answer that was stopped.
    case replyTruncated(Interruption)
    /// The answer has been heard to its end.
    case replyHeard(ReplyID)
    /// The answer, or the rest of it, could not be made. The conversation goes on.
    case replyFailed(ReplyID, any Error)
    /// What was said could not be written down.
    case transcriptionFailed(TurnID, any Error)
    /// One window of sound was heard, when ``ConversationOptions/reportsWindows`` is set.
    case window(WindowReport)
    /// Something that the conversation suffers from.
    case warning(ConversationWarning)
    /// There is no more sound, and the last answer is over. Nothing follows.
    case finished(ConversationMetrics)
}

/// A turn of the speaker's, when it is over.
public struct Turn: Sendable, Hashable {
    /// Which.
    public var id: TurnID
    /// Its sound.
    public var sound: Range<Duration>
    /// The answer to it; `nil` when none was asked for.
    public var reply: ReplyID?
    /// How long the answer had been under way already; `nil` when it was not prepared ahead.
    public var lead: Duration?
}

/// An answer that was stopped.
public struct Interruption: Sendable, Hashable {
    /// Which.
    public var reply: ReplyID
    /// How much of its sound has been heard.
    public var heard: Duration
    /// What was said in that: the text whose sound had begun.
    public var text: String
    /// Where the speech begins that stopped it; `nil` when it was stopped by hand.
    public var speech: Duration?
}

/// One window of sound.
public struct WindowReport: Sendable, Hashable {
    /// Where it begins.
    public var place: Duration
    /// How loud it was, root mean square.
    public var level: Float
    /// How likely it is speech; `nil` when turns are ended by hand.
    public var probability: Float?
    /// Whether what was heard was the answer itself; see ``ConversationOptions/echo``.
    public var isEcho: Bool
    /// Whose turn it is; `nil` when turns are ended by hand.
    public var phase: TurnMachine.Phase?
}

/// Something that a conversation suffers from.
@nonexhaustive public enum ConversationWarning: Sendable, Hashable, CustomStringConvertible {
    /// Samples that are not finite were heard as silence.
    case notFinite(at: Duration)
    /// Sound comes at another rate from here on.
    case sampleRateChanged(from: Int, to: Int)
    /// Sound came at a rate that cannot be listened to, and was left out.
    case unsupportedSampleRate(Int)
    /// Turns cannot be found without a voice activity model.
    case noVoiceActivity
    /// An answer was asked for when there was no question.
    case nothingToAnswer
    /// Too many turns wait to be written down: this one is not.
    case transcriptionSkipped(TurnID)

    public var description: String {
        switch self {
        case .notFinite(let place): "samples that are not finite numbers, at \(place.inSeconds) s, are heard as silence"
        case .sampleRateChanged(let old, let new): "the sound comes at \(new) Hz now, no longer at \(old) Hz"
        case .unsupportedSampleRate(let rate): "sound at \(rate) Hz cannot be listened to"
        case .noVoiceActivity: OmniSessionError.noVoiceActivity.description
        case .nothingToAnswer: "there is no question to be answered"
        case .transcriptionSkipped(let turn): "\(turn) is not written down: too many wait"
        }
    }
}

/// What a conversation was.
public struct ConversationMetrics: Sendable, Hashable {
    /// Sound that came in.
    public var duration: Duration = .zero
    /// Turns that ended.
    public var turnCount = 0
    /// Answers that were stopped.
    public var interruptionCount = 0
    /// Answers that paused and went on.
    public var falseInterruptionCount = 0
    /// Answers that were prepared ahead.
    public var preparationCount = 0
    /// Of those, how many were dropped as the speaker went on.
    public var droppedPreparationCount = 0
    /// How long the answers that were used had been under way when their turns ended, all together.
    public var lead: Duration = .zero
    /// How often a player ran out of sound in the middle of an answer, and for how long all together.
    public var underrunCount = 0
    /// See ``underrunCount``.
    public var underrunDuration: Duration = .zero

    /// Counts nothing yet.
    public init() {}
}
