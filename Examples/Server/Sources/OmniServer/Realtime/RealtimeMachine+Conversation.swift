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
            return transcribedItem(turn).map { [.send(.transcriptionDelta(text, item: $0))] } ?? []
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
        let kept = turns.takeKept()
        let item: String
        var actions: [RealtimeAction] = []
        if let kept, kept.start == milliseconds {
            // For the client this is the turn that it was told of.
            item = kept.item
        } else {
            item = makeName("item")
            actions = dropped(kept) + [.send(.speechStarted(milliseconds: milliseconds, item: item))]
        }
        turns.spoken = RealtimeTurns.Spoken(turn: turn, item: item, start: milliseconds)
        guard settings.turns?.interruptsResponse == true else { return actions }
        return actions + stopResponse(reason: "turn_detected")
    }

    /// What began was no turn, was cleared, or gives way to a reply that the client asked for.
    private mutating func speechDropped(_ turn: TurnID, at milliseconds: Int) -> [RealtimeAction] {
        guard let spoken = turns.spoken, spoken.turn == turn else { return [] }
        // The client is told of what it cleared itself, and by another event.
        guard turns.clears.isEmpty else {
            turns.spoken = nil
            return []
        }
        turns.keepSpoken(end: milliseconds)
        // Where speech may interrupt a reply, the conversation keeps the audio: the turn goes on if its speaker does.
        if !awaitedResponses.isEmpty, settings.turns?.interruptsResponse == true { return [] }
        idleTimeout.restart(at: heardMilliseconds)
        return dropped(turns.takeKept())
    }

    /// Tells the client of a turn that was kept and did not go on: its speaker has been silent for longer than the
    /// conversation keeps it.
    mutating func forgetKeptSpeech(_ detection: TurnDetection) -> [RealtimeAction] {
        let silence = detection.turnSettings(hasTurnModel: false).silence + Self.eventDelay
        guard let kept = turns.kept, heardMilliseconds - kept.end > silence.wholeMilliseconds else { return [] }
        return dropped(turns.takeKept())
    }

    /// Audio that a client may send before it is known what the conversation has made of what it sent before.
    private static let eventDelay = Duration.seconds(1)

    private func dropped(_ kept: RealtimeTurns.Kept?) -> [RealtimeAction] {
        guard let kept else { return [] }
        return [.send(.speechStopped(milliseconds: kept.end, item: kept.item)), .send(.cleared)]
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

    /// The item that a transcript of a turn belongs to; `nil` once the client has deleted it.
    private func transcribedItem(_ turn: TurnID) -> String? {
        if let spoken = turns.spoken, spoken.turn == turn { return spoken.item }
        return turns.item(of: turn).flatMap { items[$0.item]?.id }
    }

    private mutating func transcribed(_ transcript: String, _ turn: TurnID) -> [RealtimeAction] {
        guard let (item, duration) = turns.item(of: turn), items[item] != nil else { return [] }
        items.change(item) { found in
            if case .speech(let speech, _)? = found.content.first {
                found.content = [.speech(speech, transcript: transcript)]
            }
        }
        return [.send(.transcriptionCompleted(transcript, item: item, seconds: duration / .seconds(1)))]
    }

    private func transcriptionFailed(_ error: APIError, _ turn: TurnID) -> [RealtimeAction] {
        transcribedItem(turn).map { [.send(.transcriptionFailed(error, item: $0))] } ?? []
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int { Int((self / .milliseconds(1)).rounded(.down)) }
}
