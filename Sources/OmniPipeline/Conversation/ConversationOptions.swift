public import OmniCore

/// How a conversation is led.
public struct ConversationOptions: Sendable {
    /// When turns begin and end. `nil`: not by themselves; ``Conversation/commit()`` ends a turn (push to talk).
    public var turns: TurnSettings? = TurnSettings()
    /// Whether each turn is answered. Otherwise ``Conversation/respond()`` asks for an answer.
    public var respondsToTurns = true
    /// One of the modes that listen.
    public var mode: ReplyMode = .speechToSpeechBatch
    /// How tokens are chosen, and how many.
    public var generation = GenerationOptions()
    /// How far an answer is made ahead of what has been heard of it.
    public var runAhead: Duration = .seconds(2)
    /// Whether turns are also written down, by a pass of the same model: ``ConversationEvent/transcript(_:_:)``.
    public var transcribes = false
    /// Keeps the answer from being taken for a speaker when it leaks into the microphone; `nil`: it cannot leak.
    public var echo: EchoSettings?
    /// Whether each window of sound is reported: ``ConversationEvent/window(_:)``.
    public var reportsWindows = false
    /// Called on the conversation's own thread with all that it takes to replay it.
    public var onTick: (@Sendable (ConversationTick) -> Void)?
    /// What time is.
    public var pace = ConversationPace.real
    /// Hears when somebody speaks; `nil`: the pipeline's own.
    public var voiceActivity: (any VoiceActivityModel)?

    /// Judges at a pause whether the speaker has finished, where ``TurnSettings/semantic`` asks for it. Without one
    /// silence ends turns.
    public var turnEnd: (any TurnEndModel)?

    /// The defaults.
    public init() {}
}

/// What time is to a conversation.
public enum ConversationPace: Sendable, Hashable {
    /// The clock on the wall: sound comes in as it is spoken.
    case real
    /// The sound that comes in: a second has passed when a second was heard, however long that took. Answers are there
    /// at once. For recordings and simulations, which then give the same on any machine.
    case simulated
    /// That of an earlier conversation about the same sound: everything is known when it was known then.
    case replayed([ConversationTick])
}
