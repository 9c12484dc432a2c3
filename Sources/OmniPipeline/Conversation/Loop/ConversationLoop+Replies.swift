import OmniCore

extension ConversationLoop {
    func begin(
        _ question: ReplyQuestion<Maker.Encoder>, mode: ReplyMode, runAhead: Duration
    ) -> ActiveReply {
        let channel = ReplyChannel(maximumBufferedAudio: runAhead, hearing: .reported) { [inbox] in inbox.wake() }
        let options = ReplyOptions(generation: options.generation, maximumBufferedAudio: runAhead)
        let id = session.begin(question, by: maker, mode: mode, options: options, to: channel)
        return ActiveReply(
            id: id, channel: channel, played: gate.map { _ in PlayedSound(sampleRate: ear.sampleRate) })
    }

    /// Answers a question that no turn has asked just now.
    func respond(to question: ReplyQuestion<Maker.Encoder>, mode: ReplyMode) throws {
        interruptReply(speech: nil)
        if options.turns != nil { try perform(machine.replyStarted()) }
        reply = begin(question, mode: mode, runAhead: options.runAhead)
    }

    // MARK: Making known

    /// Takes the next piece of the answer in progress. Returns whether there was one.
    func takeFromReply() -> Bool {
        guard let current = reply, !current.hasEnded, !current.playback.isPaused else { return false }
        switch current.channel.takeNow() {
        case .nothing: return false
        case .event(let event):
            if case .audio(let chunk, _) = event {
                reply?.announced += chunk.duration
                reply?.played?.push(chunk)
            }
            emit(.reply(event))
        case .end(let error):
            reply?.hasEnded = true
            if let error { emit(.replyFailed(current.id, error)) }
        }
        return true
    }

    /// Makes known that an answer was stopped, then lets go of it; the rest of what it still says is nobody's business.
    /// Returns whether it did either.
    func takeLastWord(ofReply index: Int) -> Bool {
        guard let ending = endings.first(where: { $0.id.index == index }) else { return false }
        while true {
            switch ending.channel.takeNow() {
            case .nothing: return false
            case .event(let event):
                guard case .finished = event else { continue }
                emit(.reply(event))
                return true
            case .end:
                endings.removeAll { $0.id == ending.id }
                return true
            }
        }
    }

    /// Lets the speaker have the turn when the answer has been heard. Returns whether it was.
    func finishReply() throws -> Bool {
        guard let heard = reply, heard.isHeard, !heard.playback.isPaused else { return false }
        leave(heard)
        emit(.replyHeard(heard.id))
        if options.turns != nil { try perform(machine.replyFinished()) }
        return true
    }

    private func leave(_ old: ActiveReply) {
        reply = nil
        lastReply = old
        metrics.underrunCount += old.playback.underrunCount
        metrics.underrunDuration += old.playback.underrunDuration
    }

    // MARK: Stopping

    func pauseReply() {
        guard let current = reply else { return }
        reply?.playback.isPaused = true
        emit(.replyPaused(current.id, heard: current.playback.heard))
    }

    func resumeReply() {
        guard let current = reply, current.playback.isPaused else { return }
        reply?.playback.isPaused = false
        metrics.falseInterruptionCount += 1
        emit(.replyResumed(current.id))
    }

    /// - Parameters:
    ///   - speech: where the speech begins that stops it.
    ///   - heard: what a player says was heard.
    func interruptReply(speech: Duration?, heard: Duration? = nil) {
        guard var stopped = reply else { return }
        if let heard { stopped.playback.correct(heard: heard) }
        stopped.channel.interrupt()
        outbox.drop(stopped.id)
        leave(stopped)
        if !stopped.hasEnded { endings.append(stopped) }
        metrics.interruptionCount += 1
        emit(.replyInterrupted(interruption(of: stopped, speech: speech)))
    }

    /// A player says how much was really heard.
    func truncate(_ id: ReplyID, heard: Duration) throws {
        if id == reply?.id {
            interruptReply(speech: nil, heard: heard)
            if options.turns != nil { try perform(machine.replyFinished()) }
        } else if var last = lastReply, last.id == id {
            last.playback.correct(heard: heard)
            lastReply = last
            emit(.replyTruncated(interruption(of: last, speech: nil)))
        }
    }

    private func interruption(of reply: ActiveReply, speech: Duration?) -> Interruption {
        let heard = reply.playback.heard
        return Interruption(
            reply: reply.id, heard: heard, text: reply.channel.text(heard: heard), speech: speech)
    }
}
