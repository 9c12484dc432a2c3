import OmniCore

/// Turns of the speaker.
extension ConversationMachine {
    mutating func perform(_ turnActions: [TurnAction], at now: Duration) -> [Action] {
        turnActions.flatMap { perform($0, at: now) }
    }

    private mutating func perform(_ action: TurnAction, at now: Duration) -> [Action] {
        switch action {
        case .speechStarted(let sample):
            let turn = makeTurn()
            currentTurn = turn
            let actions: [Action] = [.dropUtterance, .emit(.speechStarted(turn, at: place(of: sample)))]
            return usesTranscriber && options.transcribesWhileSpoken ? actions + transcripts.begin(turn) : actions
        case .speechDropped:
            guard let turn = currentTurn else { return [] }
            currentTurn = nil
            let dropped = ConversationEvent.speechDropped(turn, at: place(of: turnMachine.position))
            return [.dropUtterance, .emit(dropped)] + transcripts.drop(turn)
        case .prepareReply(let audio): return prepare(audio, at: now)
        case .judgeTurnEnd(let audio): return [.judgeTurnEnd(audio)]
        case .dropPreparedReply: return dropPreparation()
        case .commit(let audio): return endTurn(currentTurn ?? makeTurn(), audio, at: now)
        case .pauseReply: return pauseReply()
        case .resumeReply: return resumeReply()
        case .interruptReply(let sample): return interruptReply(speech: place(of: sample))
        }
    }

    /// Ends the turn that only a caller can end.
    mutating func endManualTurn(at now: Duration) -> [Action] {
        guard case .manual(let start) = turns, start < turnMachine.position else {
            return [.emit(.warning(.noQuestion))]
        }
        turns = .manual(start: turnMachine.position)
        return endTurn(makeTurn(), start..<turnMachine.position, at: now)
    }

    /// A turn that was recorded elsewhere.
    mutating func endRecordedTurn(_ audio: AudioChunk) -> [Action] {
        let (turn, end) = (makeTurn(), place(of: turnMachine.position))
        lastTurn = turn
        metrics.turnCount += 1
        let ended = Turn(id: turn, audio: max(end - audio.duration, .zero)..<end, end: end)
        return [.keepAudio(audio, turn), .emit(.turnEnded(ended))]
            + transcripts.end(turn, isWanted: options.transcribes)
    }

    private mutating func prepare(_ audio: Range<Int>, at now: Duration) -> [Action] {
        guard options.respondsToTurns, mayPrepare, let turn = currentTurn else { return [] }
        let id = makeReply()
        reply = .prepared(id, since: now)
        metrics.preparationCount += 1
        // As far as the first audio; the rest waits until the turn is over.
        let begin = Action.begin(id, plan(.turn(turn), runAhead: .zero))
        return [.encode(audio), .keepUtterance(turn), begin, .emit(.preparing(turn))]
    }

    /// The reply that is prepared, if there is one, is not wanted.
    mutating func dropPreparation() -> [Action] {
        guard case .prepared(let id, _) = reply, let turn = currentTurn else { return [] }
        reply = .none
        metrics.droppedPreparationCount += 1
        return [.release(id), .emit(.preparationDropped(turn))]
    }

    /// At the end of the turn the reply is asked for anew.
    mutating func dropFailedPreparation(_ id: ReplyID) -> [Action] {
        guard preparedReply == id else { return [] }
        reply = .none
        return [.release(id)]
    }

    private mutating func endTurn(_ turn: TurnID, _ audio: Range<Int>, at now: Duration) -> [Action] {
        var actions: [Action] = []
        var ended = Turn(
            id: turn, audio: place(of: audio.lowerBound)..<place(of: audio.upperBound),
            end: place(of: turnMachine.position))
        if case .prepared(let id, let since) = reply {
            reply = .speaking(ActiveReply(id: id))
            (ended.reply, ended.lead) = (id, now - since)
            metrics.lead += now - since
            actions.append(.allow(id, options.runAhead))
        } else {
            actions += [.encode(audio), .keepUtterance(turn)]
            if options.respondsToTurns {
                actions += interruptReply(speech: nil)
                let id = makeReply()
                reply = .speaking(ActiveReply(id: id))
                ended.reply = id
                actions.append(.begin(id, plan(.turn(turn), runAhead: options.runAhead)))
            }
        }
        (currentTurn, lastTurn) = (nil, turn)
        metrics.turnCount += 1
        actions += [.dropUtterance, .emit(.turnEnded(ended))]
        actions += transcripts.end(turn, isWanted: options.transcribes)
        return ended.reply == nil ? actions + freeTurn(at: now) : actions
    }

    /// Transcribes the next turn, once its reply is on its way or there is none.
    mutating func startTranscript() -> [Action] {
        guard preparedReply == nil, activeReply.map({ $0.hasEnded || $0.announced > .zero }) ?? true else { return [] }
        return transcripts.startNext()
    }
}
