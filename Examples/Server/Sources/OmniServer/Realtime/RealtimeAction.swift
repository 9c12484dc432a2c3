import OmniCore
import OmniPipeline

/// What a ``RealtimeMachine`` wants done.
enum RealtimeAction: Hashable, Sendable {
    enum Question: Hashable, Sendable {
        case text(String)
        case speech(AudioChunk)
    }

    /// Tell the client.
    case send(ServerEvent)
    /// Listen for turns in this sound.
    case listen(AudioChunk)
    /// Listen with these settings from now on, and forget what was being said; `nil`: do not listen.
    case setTurns(TurnSettings?)
    /// Answer; everything that the answer makes known carries the response's name.
    case answer(Question, response: String, Modality, maximumStepCount: Int?)
    /// Stop the answer.
    case stopAnswer(response: String)
    /// Nobody will answer the turn that ended: listen for the next.
    case endTurn
    /// Write down what was said.
    case transcribe(AudioChunk, item: String)
}
