import OmniCore

/// How far a driver is in simulated or replayed time.
struct ConversationPacing {
    /// Simulated time that no audio stands for: what is heard after the audio has ended.
    var extraTime: Duration = .zero
    /// What was last recorded.
    var lastEntry: ReplayTrace.Entry?
    var replayedCount = 0
    var hasReplayedAll = false
}

/// What is known when: at once, in simulated time, or as a trace says.
extension ConversationDriver {
    /// Brings everything up to now: what was taken, what has been heard of it, what has become known.
    func tick() async throws {
        switch options.pace {
        case .real: _ = try update()
        case .simulated: try await simulate()
        case .replayed(let trace): try await replay(trace.entries)
        }
    }

    /// The time of playback.
    private var now: Duration {
        switch options.pace {
        case .real: ContinuousClock.now - start
        case .simulated, .replayed: windowDuration * windowCount + pacing.extraTime
        }
    }

    /// Returns whether there was anything to bring up.
    private func update() throws -> Bool {
        let hasPlayed = try updatePlayback()
        var entry = ReplayTrace.Entry(windowCount: entryPlace)
        if let id = machine.preparedReply, let reply = replies[id], reply.stream.read(\.hasFailed) {
            entry.failedPreparation = id.index
            try handle(.preparationFailed(id))
        }
        if let active = machine.activeReply {
            entry.reply = active.id.index
            (entry.delivered, entry.heard) = (active.playback.delivered, active.playback.heard)
        }
        for source in machine.sources {
            while try takePiece(of: source) { entry.note(source) }
        }
        if let onReplayEntry = options.onReplayEntry, entry.isNews(after: pacing.lastEntry) {
            onReplayEntry(entry)
            pacing.lastEntry = entry
        }
        let hasSettled = try handle(.settle)
        return hasSettled || hasPlayed || !entry.pieces.isEmpty
    }

    /// Returns whether anything was taken or heard: a reply may be made further then.
    private func updatePlayback() throws -> Bool {
        let deliveries = outbox.change { $0.takeDeliveries() }
        guard let active = machine.activeReply else { return !deliveries.isEmpty }
        let id = active.id
        let playback = replies.updatePlayback(id) { [now, isImmediate = options.playback == .immediate] clock in
            for delivery in deliveries where delivery.reply == id { clock.deliver(delivery.duration, at: now) }
            clock.advance(to: now)
            if isImmediate { clock.correct(heard: clock.delivered) }
        }
        guard let playback else { return !deliveries.isEmpty }
        try handle(.playback(id, playback))
        return !deliveries.isEmpty || playback.heard != active.playback.heard
    }

    /// Replies are there at once, and the consumer keeps up. Always in the same order.
    private func simulate() async throws {
        var hasChanged = true
        while hasChanged, !outbox.isAbandoned {
            try await wait { $0.isSettled }
            hasChanged = try update()
            if try await wait(until: { $0.outbox.isCaughtUp }) { hasChanged = true }
        }
        // With no more audio to make time pass, what there is is heard.
        if hasAudioEnded, let active = machine.activeReply { pacing.extraTime += active.playback.remaining }
    }

    /// Everything is known when it was known then.
    private func replay(_ entries: [ReplayTrace.Entry]) async throws {
        while pacing.replayedCount < entries.count, entries[pacing.replayedCount].windowCount <= entryPlace,
            !outbox.isAbandoned
        {
            let entry = entries[pacing.replayedCount]
            pacing.replayedCount += 1
            if let index = entry.failedPreparation { try handle(.preparationFailed(ReplyID(index: index))) }
            if let id = machine.activeReply?.id, id.index == entry.reply,
                let playback = replies.updatePlayback(
                    id, { $0.replay(delivered: entry.delivered, heard: entry.heard) })
            {
                try handle(.playback(id, playback))
            }
            for pieces in entry.pieces {
                guard pieces.count >= 0 else { throw OmniSessionError.traceDoesNotFit(windowCount: entry.windowCount) }
                for _ in 0..<pieces.count { try await awaitPiece(of: pieces.source, in: entry) }
            }
            try handle(.settle)
        }
        try handle(.settle)
        try await wait { $0.outbox.isCaughtUp }
        guard hasAudioEnded, !outbox.isAbandoned else { return }
        // No entry of this audio lies beyond its end.
        guard pacing.replayedCount == entries.count else {
            throw OmniSessionError.traceDoesNotFit(windowCount: entries[pacing.replayedCount].windowCount)
        }
        pacing.hasReplayedAll = true
    }

    private var entryPlace: Int { windowCount + (hasAudioEnded ? 1 : 0) }

    /// Waits until something holds, and executes every command that was given before it did. Returns whether there
    /// were any.
    @discardableResult
    private func wait(until condition: (ConversationDriver) -> Bool) async throws -> Bool {
        let executedCount = executedCommandCount
        while !outbox.isAbandoned {
            let isMet = condition(self)
            if try executeCommands() { continue }
            if isMet { break }
            try await receiveOtherThanAudio()
        }
        return executedCommandCount != executedCount
    }

    // MARK: Pieces

    /// Feeds the machine the next piece of what becomes known. Returns whether there was one.
    private func takePiece(of source: ReplayTrace.Source) throws -> Bool {
        switch source {
        case .transcript:
            guard machine.transcripts.current != nil, let piece = transcripts.takePiece() else { return false }
            try handle(.transcript(piece))
            return true
        case .reply(let index):
            let id = ReplyID(index: index)
            return machine.activeReply?.id == id ? try takePiece(ofActive: id) : try takeEnd(ofStopped: id)
        }
    }

    private func takePiece(ofActive id: ReplyID) throws -> Bool {
        guard !machine.isPaused, machine.activeReply?.hasEnded == false, let piece = replies[id]?.stream.takeNow()
        else { return false }
        try handle(.reply(id, piece))
        return true
    }

    /// Of a reply that was stopped, all but the end is skipped.
    private func takeEnd(ofStopped id: ReplyID) throws -> Bool {
        guard machine.stopping.contains(id) else { return false }
        while let piece = replies[id]?.stream.takeNow() {
            try handle(.reply(id, piece))
            switch piece {
            case .event(.finished, _), .end: return true
            case .event: continue
            }
        }
        return false
    }

    /// Waits for a piece that a trace tells of, as long as it can come, and feeds it to the machine.
    private func awaitPiece(of source: ReplayTrace.Source, in entry: ReplayTrace.Entry) async throws {
        while !outbox.isAbandoned {
            // Asked first: what is under way no more has come.
            let mayCome = isUnderWay(source)
            if try takePiece(of: source) { return }
            guard mayCome else { throw OmniSessionError.traceDoesNotFit(windowCount: entry.windowCount) }
            try await receiveOtherThanAudio()
        }
    }

    /// Whether a source may have more to tell before anything else happens.
    private func isUnderWay(_ source: ReplayTrace.Source) -> Bool {
        switch source {
        case .transcript: !isTranscriptSettled
        case .reply(let index):
            machine.preparedReply?.index != index && replies[ReplyID(index: index)]?.stream.isSettled == false
        }
    }

    /// Whether all that is under way can go no further for now.
    private var isSettled: Bool { replies.areSettled && isTranscriptSettled }

    private var isTranscriptSettled: Bool { machine.transcripts.current == nil || transcripts.isSettled }
}
