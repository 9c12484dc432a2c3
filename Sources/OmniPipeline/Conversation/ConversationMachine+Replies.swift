import OmniCore

/// The life of a reply.
extension ConversationMachine {
    func plan(_ question: ReplyPlan.Question, runAhead: Duration) -> ReplyPlan {
        let mode: ReplyMode? = if case .text = question { nil } else { options.mode }
        return ReplyPlan(question: question, mode: mode, generation: options.generation, runAhead: runAhead)
    }

    /// Changes the reply in progress, if it is this one.
    mutating func changeActiveReply(_ id: ReplyID, _ body: (inout ActiveReply) -> Void) -> [Action] {
        switch reply {
        case .speaking(var active) where active.id == id:
            body(&active)
            reply = .speaking(active)
        case .paused(var active) where active.id == id:
            body(&active)
            reply = .paused(active)
        default: break
        }
        return []
    }

    /// Answers a question at a caller's request.
    mutating func respond(to request: RespondRequest, at now: Duration) -> [Action] {
        var plan: ReplyPlan
        switch request.question {
        case .speech(let audio): plan = self.plan(.speech(audio), runAhead: options.runAhead)
        case .text(let text): plan = self.plan(.text(text), runAhead: options.runAhead)
        case .lastTurn:
            guard let lastTurn else { return [.emit(.warning(.noQuestion))] }
            plan = self.plan(.turn(lastTurn), runAhead: options.runAhead)
        }
        plan.mode = request.mode ?? plan.mode
        plan.generation = request.generation ?? plan.generation
        var actions = interruptReply(speech: nil)
        if !isManual { actions += perform(turnMachine.replyStarted(), at: now) }
        let id = makeReply()
        reply = .speaking(ActiveReply(id: id))
        return actions + [.emit(.replyBegan(id)), .begin(id, plan)]
    }

    // MARK: Making known

    /// Takes the next piece of a reply.
    mutating func takePiece(_ piece: ReplyBuffer.Output, of id: ReplyID) -> [Action] {
        activeReply?.id == id ? takePiece(piece, ofActive: id) : takePiece(piece, ofStopped: id)
    }

    private mutating func takePiece(_ piece: ReplyBuffer.Output, ofActive id: ReplyID) -> [Action] {
        switch piece {
        case .event(let event, let place):
            return changeActiveReply(id) { active in
                switch event {
                case .audio(let chunk): active.announced += chunk.duration
                case .text(let text): active.script.append(text, at: place)
                default: break
                }
            } + [.emit(.reply(id, event))]
        case .end(let error):
            return changeActiveReply(id) { $0.hasEnded = true } + (error.map { [.emit(.replyFailed(id, $0))] } ?? [])
        }
    }

    /// Of a reply that was stopped only the end is made known.
    private mutating func takePiece(_ piece: ReplyBuffer.Output, ofStopped id: ReplyID) -> [Action] {
        guard stopping.contains(id) else { return [] }
        switch piece {
        case .event(.finished(let metrics), _): return [.emit(.reply(id, .finished(metrics)))]
        case .event: return []
        case .end:
            stopping.removeAll { $0 == id }
            return [.release(id)]
        }
    }

    /// Lets the speaker have the turn when the reply has been heard.
    mutating func finishReply(at now: Duration) -> [Action] {
        guard case .speaking(let active) = reply, active.isHeard else { return [] }
        leave(active)
        return [.release(active.id), .emit(.replyHeard(active.id))] + freeTurn(at: now)
    }

    private mutating func leave(_ active: ActiveReply) {
        reply = .none
        lastReply = active
        metrics.underrunCount += active.playback.underrunCount
        metrics.underrunDuration += active.playback.underrunDuration
    }

    // MARK: Stopping

    mutating func pauseReply() -> [Action] {
        guard case .speaking(let active) = reply else { return [] }
        reply = .paused(active)
        return [.pause(active.id), .emit(.replyPaused(active.id, heard: active.playback.heard))]
    }

    mutating func resumeReply() -> [Action] {
        guard case .paused(let active) = reply else { return [] }
        reply = .speaking(active)
        metrics.falseInterruptionCount += 1
        return [.resume(active.id), .emit(.replyResumed(active.id))]
    }

    /// - Parameters:
    ///   - speech: where the speech begins that stops it.
    ///   - heard: what a player says was heard.
    mutating func interruptReply(speech: Duration?, heard: Duration? = nil) -> [Action] {
        guard var stopped = activeReply else { return [] }
        if let heard { stopped.playback.correct(heard: heard) }
        leave(stopped)
        metrics.interruptionCount += 1
        var actions = [Action.interrupt(stopped.id)]
        if stopped.hasEnded { actions.append(.release(stopped.id)) } else { stopping.append(stopped.id) }
        return actions + [.emit(.replyInterrupted(interruption(of: stopped, speech: speech)))]
    }

    /// A player says how much was really heard.
    mutating func truncate(_ id: ReplyID, heard: Duration, at now: Duration) -> [Action] {
        if id == activeReply?.id { return interruptReply(speech: nil, heard: heard) + freeTurn(at: now) }
        guard var last = lastReply, last.id == id else { return [] }
        last.playback.correct(heard: heard)
        lastReply = last
        return [.emit(.replyTruncated(interruption(of: last, speech: nil)))]
    }

    private func interruption(of reply: ActiveReply, speech: Duration?) -> Interruption {
        let heard = reply.playback.heard
        return Interruption(reply: reply.id, heard: heard, text: reply.script.text(heard: heard), speech: speech)
    }
}
