public import OmniCore

/// How a conversation is led.
public struct ConversationOptions: Sendable {
    /// When turns begin and end. `nil`: turns are manual (push to talk), and ``Conversation/commit()`` ends them.
    public var turns: TurnSettings? = TurnSettings()
    /// Whether each turn is answered. Otherwise ``Conversation/respond(mode:generation:)`` asks for a reply.
    public var respondsToTurns = true
    /// Whether a reply may be prepared ahead, which is dropped if the speaker goes on; `nil`: always. Called for each
    /// window of audio while the speaker speaks, on the thread that processes audio, so it has to return at once; what
    /// it returned last counts when the turn may be over.
    public var mayPrepare: (@Sendable () -> Bool)?
    /// One of the model's modes that listen; `nil` for the first of them.
    public var mode: ReplyMode?
    /// How tokens are chosen, and how many.
    public var generation = GenerationOptions()
    /// How far a reply is made ahead of what has been heard of it.
    public var runAhead: Duration = .seconds(2)
    /// Whether turns are also transcribed, by ``transcriber`` or by a pass of the same model:
    /// ``ConversationEvent/transcript(_:_:)``.
    public var transcribes = false
    /// Transcribes turns; `nil`: the pipeline's own, or where it has none the language model.
    public var transcriber: (any SpeechTranscriber)?
    /// What the transcriber is asked: language, prompt, task. The language model takes none of it.
    public var transcription = TranscriptionOptions()
    /// Whether a transcriber writes turns down while they are spoken, so that text comes before their end. Otherwise,
    /// and where a caller ends turns, it writes each down as a whole behind its end.
    public var transcribesWhileSpoken = false
    /// Keeps the reply from being taken for a speaker when it leaks into the microphone; `nil`: it cannot leak.
    public var echo: EchoSettings?
    /// Whether each window of audio is reported: ``ConversationEvent/window(_:)``.
    public var reportsWindows = false
    /// Called on the conversation's own thread with all that it takes to replay it.
    public var onReplayEntry: (@Sendable (ReplayTrace.Entry) -> Void)?
    /// What time is.
    public var pace = ConversationPace.real
    /// When a reply counts as heard.
    public var playback = ConversationPlayback.paced
    /// Detects speech; `nil`: the pipeline's own.
    public var voiceActivity: (any VoiceActivityModel)?
    /// Where audio is processed; `nil`: on a thread of the conversation's own. One task at a time runs there for it.
    public var executor: (any TaskExecutor)?

    /// Judges at a pause whether the speaker has finished, where ``TurnSettings/semantic`` asks for it; `nil`: the
    /// pipeline's own, or where it has none silence ends turns.
    public var turnEnd: (any TurnEndModel)?

    /// The defaults.
    public init() {}
}

/// When the audio of a reply counts as heard.
public enum ConversationPlayback: Sendable, Hashable {
    /// As a player plays it: from the moment at which it is taken, without a break. The reply is over when it has been
    /// played.
    case paced
    /// When it is taken: a player elsewhere has it then. The reply is over when all of it was taken.
    case immediate
}

/// What time is to a conversation.
public enum ConversationPace: Sendable, Hashable {
    /// Real time: audio comes in as it is spoken.
    case real
    /// The audio that comes in: a second has passed when a second was processed, however long that took. Replies are
    /// there at once. For recordings and simulations, which then give the same on any machine.
    case simulated
    /// That of an earlier conversation about the same audio: everything is known when it was known then.
    case replayed(ReplayTrace)
}
