import OmniCore
import OmniPipeline

/// What a ``RealtimeMachine`` wants done: events for the client, and commands for the conversation.
enum RealtimeAction: Hashable, Sendable {
    enum Question: Hashable, Sendable {
        case text(String)
        case speech(AudioChunk)
        /// The turn of the conversation that ended last.
        case lastTurn
    }

    /// Tell the client.
    case send(ServerEvent)
    /// Hand over audio.
    case push(AudioChunk)
    /// Lead the conversation by these settings from now on.
    case change(SessionSettings)
    /// End the turn in progress.
    case commit
    /// Take recorded audio as a turn.
    case commitAudio(AudioChunk)
    /// Forget the turn in progress.
    case clear
    /// Answer.
    case respond(Question, Modality, maximumStepCount: Int?)
    /// Stop the reply in progress.
    case interrupt
}
