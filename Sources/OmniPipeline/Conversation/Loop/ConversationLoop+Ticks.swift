import OmniCore

extension ConversationLoop {
    /// Brings everything up to now: what was taken, what has been heard of it, what has become known.
    func tick() async throws {
        switch options.pace {
        case .real: _ = try update()
        case .simulated: try await simulate()
        case .replayed(let ticks): try await replay(ticks)
        }
    }

    /// Returns whether there was anything to bring up.
    private func update() throws -> Bool {
        let deliveries = outbox.takeDeliveries()
        for delivery in deliveries where delivery.reply == reply?.id {
            reply?.playback.deliver(delivery.duration, at: now)
        }
        reply?.playback.advance(to: now)
        if let reply { reply.channel.hear(reply.playback.heard) }
        var tick = ConversationTick(windowCount: tickPlace)
        if let reply {
            (tick.reply, tick.delivered, tick.heard) = (reply.id.index, reply.playback.delivered, reply.playback.heard)
        }
        for source in sources {
            while take(from: source) { tick.note(source) }
        }
        if let onTick = options.onTick, tick.isNews(after: lastTick) {
            onTick(tick)
            lastTick = tick
        }
        let hasFinished = try finishReply()
        return hasFinished || !tick.news.isEmpty || !deliveries.isEmpty
    }

    /// Answers are there at once, and whoever takes events keeps up. Always in the same order.
    private func simulate() async throws {
        var hasChanged = true
        while hasChanged, !outbox.isAbandoned {
            try await wait { $0.isSettled }
            hasChanged = try update()
            try await wait { $0.outbox.isCaughtUp }
        }
        // With no more sound to make time pass, what there is is heard.
        if hasAudioEnded, let reply { extraTime += reply.playback.remaining }
    }

    /// Everything is known when it was known then.
    private func replay(_ ticks: [ConversationTick]) async throws {
        while replayedCount < ticks.count, ticks[replayedCount].windowCount <= tickPlace, !outbox.isAbandoned {
            let tick = ticks[replayedCount]
            replayedCount += 1
            if let current = reply, current.id.index == tick.reply {
                reply?.playback.replay(delivered: tick.delivered, heard: tick.heard)
                current.channel.hear(tick.heard)
            }
            for news in tick.news {
                for _ in 0..<news.count { try await take(from: news.source, in: tick) }
            }
            _ = try finishReply()
        }
        try await wait { $0.outbox.isCaughtUp }
        if hasAudioEnded, replayedCount == ticks.count { hasReplayedAll = true }
    }

    /// Waits for news that a trace tells of, as long as they can come.
    private func take(from source: ConversationTick.Source, in tick: ConversationTick) async throws {
        // It was under way by then, whenever it began.
        if case .transcript = source { startTranscript() }
        while !outbox.isAbandoned {
            // Asked first: what is under way no more has come.
            let mayCome = isUnderWay(source)
            if take(from: source) { return }
            guard mayCome else { throw OmniSessionError.traceDoesNotFit(windowCount: tick.windowCount) }
            try await somethingHappens()
        }
    }

    private var tickPlace: Int { windowCount + (hasAudioEnded ? 1 : 0) }

    private func wait(until condition: (ConversationLoop) -> Bool) async throws {
        while !condition(self), !outbox.isAbandoned { try await somethingHappens() }
    }

    private func somethingHappens() async throws {
        await inbox.woken()
        while let command = inbox.nextCommand() { try perform(command) }
    }

    // MARK: Sources

    private var sources: [ConversationTick.Source] {
        audible.map { .reply($0.id.index) } + [.transcript(transcriber.pass?.turn.index ?? 0)]
    }

    /// Answers that somebody knows of: one that was stopped has its last word before the next one has its first.
    private var audible: [ActiveReply] { endings + [reply].compactMap { $0 } }

    private func take(from source: ConversationTick.Source) -> Bool {
        switch source {
        case .transcript: takeFromTranscript()
        case .reply(let index): reply?.id.index == index ? takeFromReply() : takeLastWord(ofReply: index)
        }
    }

    /// Whether a source may have more to tell before anything else happens.
    private func isUnderWay(_ source: ConversationTick.Source) -> Bool {
        let channel: ReplyChannel? =
            switch source {
            case .transcript: transcriber.pass?.channel
            case .reply(let index): audible.first { $0.id.index == index }?.channel
            }
        return channel?.isSettled == false
    }

    /// Whether all that is under way can go no further for now.
    private var isSettled: Bool {
        let replies = audible + [preparation].compactMap { $0 }
        return replies.allSatisfy(\.channel.isSettled) && transcriber.pass?.channel.isSettled != false
    }
}
