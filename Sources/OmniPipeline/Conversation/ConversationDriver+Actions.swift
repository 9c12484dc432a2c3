import OmniCore

/// What the machine wants done.
extension ConversationDriver {
    /// Feeds the machine and performs its actions. Returns whether there were any.
    @discardableResult
    func handle(_ input: ConversationMachine.Input) throws -> Bool {
        var judged: Range<Int>?
        let actions = machine.handle(input, at: ContinuousClock.now - start)
        for action in actions {
            if case .judgeTurnEnd(let audio) = action { judged = audio } else { try perform(action) }
        }
        // Last: a turn that is over lets go of audio which the other actions ask for.
        if let judged { try handle(.turnEndJudged(judged, probability: turnEndProbability(of: judged))) }
        return !actions.isEmpty
    }

    private func perform(_ action: ConversationMachine.Action) throws {
        switch action {
        case .emit(let event):
            if case .reply(let id, .audio(let chunk)) = event { replies.willPlay(chunk, of: id) }
            outbox.put(event)
        case .encode(let range): transcripts.push(try audio.encode(range))
        case .advance(let turn, let start): transcripts.push(try audio.advance(turn, keepingFrom: start))
        case .dropUtterance: audio.dropUtterance()
        case .keepUtterance(let turn): keep(audio.utterance, audio.recording, as: turn)
        case .keepAudio(let recording, let turn): keep(try utterance(of: recording), recording, as: turn)
        case .begin(let id, let plan): begin(id, plan)
        case .allow(let id, let runAhead): replies[id]?.stream.allow(runAhead)
        case .pause(let id): replies.setPaused(true, id)
        case .resume(let id): replies.setPaused(false, id)
        case .interrupt(let id):
            replies[id]?.stream.interrupt()
            outbox.change { $0.drop(id) }
        case .release(let id): replies.release(id)
        case .transcribe(let turn): transcripts.transcribe(turn, questions, machine.options)
        case .beginTranscript: transcripts.beginLive(machine.options, sampleRate: audio.sampleRate)
        case .endTranscript: transcripts.endLive()
        case .dropTranscript: transcripts.dropLive()
        case .judgeTurnEnd: break
        }
    }

    private func begin(_ id: ReplyID, _ plan: ConversationMachine.ReplyPlan) {
        let stream = replies.add(id, runAhead: plan.runAhead) { [inbox] in inbox.wake() }
        let question: ReplyQuestion<Maker.Encoder>? =
            switch plan.question {
            case .turn(let turn): questions.features(of: turn).map { .features($0) }
            case .speech(let audio): .speech(audio)
            case .text(let text): .text(text)
            }
        guard let question else { return stream.finish(throwing: OmniSessionError.noQuestion) }
        let options = ReplyOptions(generation: plan.generation, maximumBufferedAudio: plan.runAhead)
        do {
            let mode = try ReplyMode.resolve(plan.mode, of: maker.modes, isSpoken: question.isSpoken)
            session.begin(question, by: maker, mode: mode, options: options, to: stream)
        } catch {
            stream.finish(throwing: error)
        }
    }

    private func keep(
        _ utterance: StreamingUtterance<Maker.Encoder>?, _ recording: @autoclosure () -> AudioChunk, as turn: TurnID
    ) {
        questions.forget(unless: machine.needs)
        questions.keep(utterance, recording: machine.usesTranscriber ? recording() : nil, as: turn)
    }

    /// Recorded audio as an utterance; `nil` at a rate that cannot be resampled.
    private func utterance(of audio: AudioChunk) throws -> StreamingUtterance<Maker.Encoder>? {
        guard var utterance = try? StreamingUtterance(maker.encoder, sampleRate: audio.sampleRate) else {
            outbox.put(.warning(.unsupportedSampleRate(audio.sampleRate)))
            return nil
        }
        var audio = audio
        if audio.silenceNonFiniteSamples() { outbox.put(.warning(.notFinite(at: machine.metrics.duration))) }
        try utterance.push(audio.samples)
        return utterance
    }

    /// How probably a turn is over, by the model; `nil` without one, and where it fails.
    private func turnEndProbability(of audio: Range<Int>) -> Float? {
        guard let model = machine.options.turnEnd ?? maker.turnEnd else { return nil }
        let recent = self.audio.end(of: audio, atMost: model.maximumSampleCount, at: model.sampleRate)
        guard let samples = try? recent.resampled(to: model.sampleRate).samples else { return nil }
        return try? model.turnEndProbability(of: samples.span)
    }
}
