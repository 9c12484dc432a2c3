/// What a ``TurnMachine`` wants done. Places are samples since the conversation began.
public enum TurnAction: Sendable, Hashable {
    /// Somebody began to speak; the turn's sound begins at `sample`.
    case speechStarted(sample: Int)
    /// What began was too short to be a turn.
    case speechDropped
    /// The turn may be over: an answer to this sound can be prepared, silently.
    case speculate(Range<Int>)
    /// The turn may be over: a model is asked whether this audio is that of a finished turn, and its answer is given to
    /// ``TurnMachine/judge(_:turnEndProbability:)``.
    case judgeTurnEnd(Range<Int>)
    /// The speaker went on: what was prepared is worthless.
    case dropSpeculation
    /// The turn is over, and this is its sound: the same as that of a ``speculate(_:)`` that was not dropped.
    case commit(Range<Int>)
    /// Somebody speaks over the answer since `sample`: hold it.
    case pauseReply(sample: Int)
    /// It was nothing: let the answer go on.
    case resumeReply
    /// Somebody who means it speaks since `sample`: stop the answer. ``speechStarted(sample:)`` follows.
    case interruptReply(sample: Int)
}
