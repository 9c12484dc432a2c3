import OmniCore

extension ConversationLoop {
    /// Writes down what was said, once the answer to it is on its way or there is none. Returns whether there was
    /// anything.
    func takeFromTranscript() -> Bool {
        if isAnswerOnItsWay, preparation == nil { startTranscript() }
        guard let pass = transcriber.pass else { return false }
        switch pass.channel.takeNow() {
        case .nothing: return false
        case .event(.text(let text, _)):
            transcriber.pass?.text += text
            emit(.transcript(text, pass.turn))
        case .event: break
        case .end(let error):
            transcriber.pass = nil
            emit(error.map { .transcriptionFailed(pass.turn, $0) } ?? .transcribed(pass.text, pass.turn))
        }
        return true
    }

    private var isAnswerOnItsWay: Bool { reply.map { $0.hasEnded || $0.announced > .zero } ?? true }

    /// Begins to write down the next turn, unless one is being written down or none waits.
    func startTranscript() {
        guard let (turn, question) = transcriber.next() else { return }
        let channel = ReplyChannel(maximumBufferedAudio: .zero) { [inbox] in inbox.wake() }
        transcribingSession.begin(
            .heard(question), by: maker, mode: .transcription, options: ReplyOptions(), to: channel)
        transcriber.pass = Transcriber.Pass(turn: turn, channel: channel)
    }
}
