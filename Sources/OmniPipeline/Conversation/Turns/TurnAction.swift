/// What a ``TurnMachine`` wants done. Places are samples since the conversation began.
public enum TurnAction: Sendable, Hashable {
    /// The speaker began to speak; the turn's audio begins at `sample`.
    case speechStarted(sample: Int)
    /// What began was too short to be a turn.
    case speechDropped
    /// The turn may be over: a reply to this audio can be prepared, silently.
    case prepareReply(Range<Int>)
    /// The turn may be over: a model is asked whether this audio is that of a finished turn, and its judgement is given
    /// to ``TurnMachine/judge(_:turnEndProbability:)``.
    case judgeTurnEnd(Range<Int>)
    /// The speaker went on: what was prepared is of no use.
    case dropPreparedReply
    /// The turn is over, and this is its audio: the same as that of a ``prepareReply(_:)`` that was not dropped.
    case commit(Range<Int>)
    /// The speaker speaks over the reply since `sample`: hold it.
    case pauseReply(sample: Int)
    /// The speaker fell silent again: let the reply go on.
    case resumeReply
    /// The speaker goes on speaking since `sample`: stop the reply. ``speechStarted(sample:)`` follows.
    case interruptReply(sample: Int)
}
