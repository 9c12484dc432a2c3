import OmniCore

extension ConversationLoop {
    /// The turn in progress, or the last one.
    var turn: TurnID { TurnID(index: max(turnCount - 1, 0)) }

    func perform(_ actions: [TurnAction]) throws {
        for action in actions { try perform(action) }
    }

    private func perform(_ action: TurnAction) throws {
        switch action {
        case .speechStarted(let sample):
            turnCount += 1
            hearing = nil
            emit(.speechStarted(turn, at: place(of: sample)))
        case .speechDropped:
            hearing = nil
            emit(.speechDropped(turn))
        case .speculate(let sound): try prepare(for: sound)
        case .judgeTurnEnd(let sound):
            try perform(machine.judge(sound, turnEndProbability: turnEndProbability(of: sound)))
        case .dropSpeculation: dropPreparation()
        case .commit(let sound): try endTurn(sound)
        case .pauseReply: pauseReply()
        case .resumeReply: resumeReply()
        case .interruptReply(let sample): interruptReply(speech: place(of: sample))
        }
    }

    /// Ends the turn that nobody but a hand can end.
    func endManualTurn() throws {
        guard hearing != nil else { return emit(.warning(.nothingToAnswer)) }
        turnCount += 1
        try endTurn(manualStart..<machine.position)
        manualStart = machine.position
    }

    // MARK: Hearing

    /// Passes on to the encoder what it has not heard yet of a turn.
    func listen(to sound: Range<Int>) throws {
        let start = hearing?.end ?? sound.lowerBound
        guard start < sound.upperBound else { return }
        var heard = try hearing?.sound ?? Hearing(maker.encoder, sampleRate: ear.sampleRate)
        // The only owner may change it in place.
        hearing = nil
        try heard.push(Array(history[start..<sound.upperBound]))
        hearing = (heard, sound.upperBound)
    }

    private func heard(_ sound: Range<Int>) throws -> HeardQuestion<Maker.Encoder>? {
        try listen(to: sound)
        return hearing.map { HeardQuestion($0.sound) }
    }

    /// How probably a turn is over, by the model; `nil` without one, and where it fails.
    private func turnEndProbability(of sound: Range<Int>) -> Float? {
        guard let model = options.turnEnd else { return nil }
        var samples = Array(history[sound].suffix(model.maximumSampleCount * ear.sampleRate / model.sampleRate + 1))
        if model.sampleRate != ear.sampleRate {
            guard var resampler = try? Resampler(from: ear.sampleRate, to: model.sampleRate),
                let converted = try? resampler.push(samples)
            else { return nil }
            samples = converted + resampler.finish()
        }
        return try? model.turnEndProbability(of: samples.span)
    }

    // MARK: Turns

    private func prepare(for sound: Range<Int>) throws {
        guard options.respondsToTurns, let question = try heard(sound) else { return }
        // As far as the first sound; the rest waits until the turn is over.
        preparation = begin(.heard(question), mode: options.mode, runAhead: .zero)
        self.question = question
        metrics.preparationCount += 1
        emit(.preparing(turn))
    }

    private func dropPreparation() {
        guard let dropped = preparation else { return }
        preparation = nil
        dropped.channel.abandon()
        metrics.droppedPreparationCount += 1
        emit(.preparationDropped(turn))
    }

    private func endTurn(_ sound: Range<Int>) throws {
        var lead: Duration?
        if let prepared = preparation {
            prepared.channel.allow(options.runAhead)
            let duration = ContinuousClock.now - prepared.instant
            (preparation, reply, lead) = (nil, prepared, duration)
            metrics.lead += duration
        } else {
            question = try heard(sound)
            if options.respondsToTurns, let question {
                reply = begin(.heard(question), mode: options.mode, runAhead: options.runAhead)
            }
        }
        hearing = nil
        metrics.turnCount += 1
        emit(
            .turnEnded(
                Turn(
                    id: turn, sound: place(of: sound.lowerBound)..<place(of: sound.upperBound), reply: reply?.id,
                    lead: lead)))
        if options.transcribes, let question {
            if let skipped = transcriber.enqueue(turn, question) { emit(.warning(.transcriptionSkipped(skipped))) }
        }
        if reply == nil, options.turns != nil { try perform(machine.replyFinished()) }
    }
}
