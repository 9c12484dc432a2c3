import OmniCore

/// Tells the turns of a conversation's speaker apart.
public struct TurnID: Sendable, Hashable, CustomStringConvertible {
    /// Counts the turns of a conversation, from 0.
    public let index: Int

    /// Names a turn.
    public init(index: Int) { self.index = index }

    public var description: String { "turn \(index)" }
}

/// What happens in a conversation, in the order in which it becomes known. Places are spans of the audio that came in,
/// counted from its beginning.
@nonexhaustive public enum ConversationEvent: Sendable {
    /// The speaker began to speak; the turn's audio begins at `place`.
    case speechStarted(TurnID, at: Duration)
    /// What began was too short to be a turn, or was cleared; this was found at `place`.
    case speechDropped(TurnID, at: Duration)
    /// The turn may be over: a reply is being prepared, silently.
    case preparing(TurnID)
    /// The speaker went on: what was prepared is dropped.
    case preparationDropped(TurnID)
    /// The turn is over.
    case turnEnded(Turn)
    /// The turn in progress was forgotten: ``Conversation/clear()``.
    case cleared
    /// More of what was said in a turn.
    case transcript(String, TurnID)
    /// What the transcription of a turn took; ``transcribed(_:_:)`` follows.
    case transcriptionMeasured(TurnID, ReplyMetrics)
    /// All that was said in a turn.
    case transcribed(String, TurnID)
    /// A reply begins that a caller asked for. Replies to turns are named by ``Turn/reply``.
    case replyBegan(ReplyID)
    /// Something about a reply, as in ``OmniSession/respond(to:mode:options:)-(AudioChunk,_,_)``. After a
    /// ``replyPaused(_:heard:)`` nothing comes until it is resumed or interrupted; after ``replyInterrupted(_:)``
    /// nothing but ``OmniEvent/finished(_:)``.
    case reply(ReplyID, OmniEvent)
    /// The speaker speaks over the reply: a player holds it, here.
    case replyPaused(ReplyID, heard: Duration)
    /// The speaker fell silent again: the reply goes on.
    case replyResumed(ReplyID)
    /// The reply is stopped: a player drops what it still has.
    case replyInterrupted(Interruption)
    /// A player has said how much was really heard of a reply that was stopped.
    case replyTruncated(Interruption)
    /// The reply has been heard to its end.
    case replyHeard(ReplyID)
    /// The reply, or the rest of it, could not be made. The conversation goes on.
    case replyFailed(ReplyID, any Error)
    /// What was said could not be transcribed.
    case transcriptionFailed(TurnID, any Error)
    /// One window of audio was processed, when ``ConversationOptions/reportsWindows`` is set.
    case window(WindowReport)
    /// Something that the conversation suffers from.
    case warning(ConversationWarning)
    /// There is no more audio, and the last reply is over. Nothing follows.
    case finished(ConversationMetrics)
}

/// A turn of the speaker's, when it is over.
public struct Turn: Sendable, Hashable {
    /// Which.
    public var id: TurnID
    /// Where its audio lies.
    public var audio: Range<Duration>
    /// Where the turn was found to be over: behind the silence that ends it.
    public var end: Duration
    /// The reply to it; `nil` when none was asked for.
    public var reply: ReplyID?
    /// How long the reply had been under way already; `nil` when it was not prepared ahead.
    public var lead: Duration?

    /// Describes a turn.
    public init(id: TurnID, audio: Range<Duration>, end: Duration, reply: ReplyID? = nil, lead: Duration? = nil) {
        self.id = id
        self.audio = audio
        self.end = end
        self.reply = reply
        self.lead = lead
    }
}

/// A reply that was stopped.
public struct Interruption: Sendable, Hashable {
    /// Which.
    public var reply: ReplyID
    /// How much of its audio has been heard.
    public var heard: Duration
    /// What was said in that: the text whose audio had begun.
    public var text: String
    /// Where the speech begins that stopped it; `nil` when a caller stopped it.
    public var speech: Duration?

    /// Describes an interruption.
    public init(reply: ReplyID, heard: Duration, text: String, speech: Duration? = nil) {
        self.reply = reply
        self.heard = heard
        self.text = text
        self.speech = speech
    }
}

/// One window of audio.
public struct WindowReport: Sendable, Hashable {
    /// Where it begins.
    public var place: Duration
    /// How loud it was, root mean square.
    public var level: Float
    /// How likely it is speech; `nil` when a caller ends the turns.
    public var probability: Float?
    /// Whether what was heard was the reply itself; see ``ConversationOptions/echo``.
    public var isEcho: Bool
    /// Whose turn it is; `nil` when a caller ends the turns.
    public var phase: TurnMachine.Phase?

    /// Describes a window.
    public init(
        place: Duration, level: Float, probability: Float?, isEcho: Bool = false, phase: TurnMachine.Phase? = nil
    ) {
        self.place = place
        self.level = level
        self.probability = probability
        self.isEcho = isEcho
        self.phase = phase
    }
}

/// Something that a conversation suffers from.
@nonexhaustive public enum ConversationWarning: Sendable, Hashable, CustomStringConvertible {
    /// Non-finite samples are treated as silence.
    case notFinite(at: Duration)
    /// Audio comes at another rate from here on.
    case sampleRateChanged(from: Int, to: Int)
    /// Audio came at a rate that cannot be resampled, and was left out.
    case unsupportedSampleRate(Int)
    /// Turns cannot be found without a voice activity model.
    case noVoiceActivity
    /// A reply was asked for when there was no question.
    case noQuestion
    /// Too many turns wait to be transcribed: this one is not.
    case transcriptionSkipped(TurnID)

    public var description: String {
        switch self {
        case .notFinite(let place):
            "samples that are not finite numbers, at \(place.inSeconds) s, are treated as silence"
        case .sampleRateChanged(let old, let new): "the audio comes at \(new) Hz now, no longer at \(old) Hz"
        case .unsupportedSampleRate(let rate): "audio at \(rate) Hz cannot be resampled"
        case .noVoiceActivity: OmniSessionError.noVoiceActivity.description
        case .noQuestion: "there is no question to be answered"
        case .transcriptionSkipped(let turn): "\(turn) is not transcribed: too many wait"
        }
    }
}

/// What a conversation was.
public struct ConversationMetrics: Sendable, Hashable {
    /// Audio that came in.
    public var duration: Duration = .zero
    /// Turns that ended.
    public var turnCount = 0
    /// Replies that were stopped.
    public var interruptionCount = 0
    /// Replies that paused and went on.
    public var falseInterruptionCount = 0
    /// Replies that were prepared ahead.
    public var preparationCount = 0
    /// Of those, how many were dropped as the speaker went on.
    public var droppedPreparationCount = 0
    /// How long the replies that were used had been under way when their turns ended, all together.
    public var lead: Duration = .zero
    /// How often a player ran out of audio in the middle of a reply, and for how long all together.
    public var underrunCount = 0
    /// See ``underrunCount``.
    public var underrunDuration: Duration = .zero

    /// Counts nothing yet.
    public init() {}
}
