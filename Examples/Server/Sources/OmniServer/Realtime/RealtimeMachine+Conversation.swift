import OmniCore
import OmniPipeline

/// What the conversation makes known, as events for the client.
extension RealtimeMachine {
    /// Takes an event of the conversation.
    mutating func handle(_ event: ConversationEvent) -> [RealtimeAction] {
        switch event {
        case .speechStarted(let turn, let place): return speechStarted(turn, at: place.wholeMilliseconds)
        case .speechDropped(let turn, let place): return speechDropped(turn, at: place.wholeMilliseconds)
        case .turnEnded(let turn): return turnEnded(turn)
        case .cleared: return turns.cleared() ? [.send(.cleared)] : []
        case .replyBegan(let reply):
            guard !awaitedResponses.isEmpty else { return [] }
            if awaitedResponses.removeFirst() == response?.place.response { response?.reply = reply }
            return []
        case .reply(let reply, let event): return take(event, of: reply)
        case .replyInterrupted(let interruption):
            if interruption.reply == response?.reply { response?.isInterrupted = true }
            return []
        case .replyFailed(let reply, let error):
            return response?.reply == reply ? failResponse(APIError(error)) : []
        case .transcript(let text, let turn):
            return turns.itemName(of: turn).map { [.send(.transcriptionDelta(text, item: $0))] } ?? []
        case .transcribed(let text, let turn): return transcribed(text, turn)
        case .transcriptionFailed(let turn, let error): return transcriptionFailed(APIError(error), turn)
        case .warning(.noQuestion): return refuseResponse()
        case .warning(.transcriptionSkipped(let turn)):
            return transcriptionFailed(.tooMany("transcriptions at once", retryAfter: .seconds(1)), turn)
        default: return []
        }
    }

    // MARK: Turns

    /// Speech began; with ``TurnDetection/interruptsResponse`` that stops a response.
    private mutating func speechStarted(_ turn: TurnID, at milliseconds: Int) -> [RealtimeAction] {
        let item = makeName("item")
        turns.spoken = (turn, item)
        let started = RealtimeAction.send(.speechStarted(milliseconds: milliseconds, item: item))
        guard settings.turns?.interruptsResponse == true else { return [started] }
        return [started] + stopResponse(reason: "turn_detected")
    }

    /// What began was no turn, or was cleared.
    private mutating func speechDropped(_ turn: TurnID, at milliseconds: Int) -> [RealtimeAction] {
        guard let spoken = turns.spoken, spoken.turn == turn else { return [] }
        turns.spoken = nil
        // The client is told of what it cleared itself, and by another event.
        guard turns.clears.isEmpty else { return [] }
        idleTimeout.restart(at: heardMilliseconds)
        return [.send(.speechStopped(milliseconds: milliseconds, item: spoken.item)), .send(.cleared)]
    }

    /// Whether a turn that ends now is answered.
    private var repliesToTurns: Bool {
        settings.kind == .realtime && settings.turns?.createsResponse == true && response == nil
    }

    private mutating func turnEnded(_ turn: Turn) -> [RealtimeAction] {
        guard turns.spoken?.turn == turn.id || turns.committed.isEmpty else {
            turns.end(turn, item: turns.committed.removeFirst())
            return []
        }
        let item = turns.spoken?.item ?? makeName("item")
        turns.spoken = nil
        turns.end(turn, item: item)
        idleTimeout.stop()
        let stopped = ServerEvent.speechStopped(milliseconds: turn.end.wholeMilliseconds, item: item)
        let actions = [.send(stopped)] + commitItem(item)
        guard repliesToTurns else { return actions + (turn.reply == nil ? [] : [.interrupt]) }
        guard let reply = turn.reply else { return actions + answer(.lastTurn, ResponseRequest()) }
        return actions + beginResponse(ResponseRequest(), reply: reply)
    }

    /// A turn that the client ended, or the turn that it wants a reply to, has no audio.
    private mutating func refuseResponse() -> [RealtimeAction] {
        guard !awaitedResponses.isEmpty else {
            if !turns.committed.isEmpty { turns.committed.removeFirst() }
            return []
        }
        guard awaitedResponses.removeFirst() == response?.place.response else { return [] }
        return failResponse(.invalid("there is no question to answer", code: "no_question"))
    }

    // MARK: Transcripts

    private mutating func transcribed(_ transcript: String, _ turn: TurnID) -> [RealtimeAction] {
        guard let (item, duration) = turns.item(of: turn) else { return [] }
        items.change(item) { found in
            if case .speech(let speech, _)? = found.content.first {
                found.content = [.speech(speech, transcript: transcript)]
            }
        }
        return [.send(.transcriptionCompleted(transcript, item: item, seconds: duration / .seconds(1)))]
    }

    private func transcriptionFailed(_ error: APIError, _ turn: TurnID) -> [RealtimeAction] {
        turns.itemName(of: turn).map { [.send(.transcriptionFailed(error, item: $0))] } ?? []
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int { Int((self / .milliseconds(1)).rounded(.down)) }
}
