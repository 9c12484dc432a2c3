import OmniCore

extension ConversationLoop {
    func perform(_ command: ConversationCommand) throws {
        switch command {
        case .commit: try options.turns == nil ? endManualTurn() : perform(machine.commit())
        case .clear: try clear()
        case .respond:
            guard let question else { return emit(.warning(.nothingToAnswer)) }
            try respond(to: .heard(question), mode: options.mode)
        case .respondToText(let text, let mode): try respond(to: .text(text), mode: mode)
        case .interrupt:
            guard reply != nil else { return }
            interruptReply(speech: nil)
            if options.turns != nil { try perform(machine.replyFinished()) }
        case .truncate(let reply, let heard): try truncate(reply, heard: heard)
        case .change(let turns): try change(turns)
        }
    }

    private func clear() throws {
        hearing = nil
        manualStart = machine.position
        try perform(machine.clear())
    }

    /// Turns that are ended otherwise from here on.
    private func change(_ turns: TurnSettings?) throws {
        guard turns == nil || canDetect else { return emit(.warning(.noVoiceActivity)) }
        if (turns == nil) != (options.turns == nil) {
            try clear()
            // An answer in progress can be spoken over from now on, or no more.
            try perform(turns != nil && reply != nil ? machine.replyStarted() : machine.replyFinished())
            if turns == nil { resumeReply() }
        }
        options.turns = turns
        if let turns { machine.change(turns) }
    }
}
