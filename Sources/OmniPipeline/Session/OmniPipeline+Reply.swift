import OmniCore

extension OmniPipeline: ReplyMaker {
    func makeReply(_ request: ReplyRequest, to channel: ReplyChannel) async throws {
        var recorder = ReplyRecorder(request, to: channel)
        guard !channel.isStopped else { return recorder.finished(.interrupted) }
        let question = try understand(request, &recorder)
        guard !channel.isStopped else { return recorder.finished(.interrupted) }
        var generation = try recorder.measure(\.prefillTime) {
            try model.makeGeneration(
                answering: question, mode: request.mode, options: request.options.generation)
        }
        recorder.started(promptLength: generation.promptLength)

        var text = tokenizer.makeStreamDecoder()
        var sound = request.mode.speaks ? try codec.makeStream() : nil
        while !channel.isStopped {
            let step = try recorder.step(&generation)
            // Whoever interrupted during the step does not want to hear of it.
            guard !channel.isStopped else { break }
            guard let step else {
                recorder.send(text.finish())
                recorder.send(try recorder.measure(\.codecTime) { try sound?.finish() })
                let ending = generation.reachedLimit ? ReplyEnding.reachedLimit : .completed
                return recorder.finished(
                    channel.isStopped ? .interrupted : ending, chosenTokens: generation.chosenTokens)
            }
            if let token = step.text { recorder.send(text.push(token)) }
            if let frame = step.frame {
                recorder.send(try recorder.measure(\.codecTime) { try sound?.push(frame) })
            }
            await recorder.waitForRoom()
        }
        recorder.finished(.interrupted, chosenTokens: generation.chosenTokens)
    }

    /// What the model is to answer: text as ids, speech at the encoder's rate, cut and encoded.
    private func understand(
        _ request: ReplyRequest, _ recorder: inout ReplyRecorder
    ) throws -> Question<Encoder.Features> {
        switch request.question {
        case .text(let text):
            guard !request.mode.listens else { throw OmniSessionError.questionDoesNotFit(mode: request.mode) }
            return .text(recorder.measure(\.encodingTime) { tokenizer.encode(text) })
        case .speech(let utterance):
            guard request.mode.listens else { throw OmniSessionError.questionDoesNotFit(mode: request.mode) }
            let heard = try recorder.measure(\.resamplingTime) { try audible(utterance) }
            // The whole lasts no longer than what is heard, but for the part of a sample that resampling rounds up.
            recorder.heard(heard.utterance.duration, of: heard.isCut ? utterance.duration : heard.utterance.duration)
            return .speech(try recorder.measure(\.encodingTime) { try encoder.encode(heard.utterance) })
        }
    }

    /// As much of an utterance as the encoder can hear, at its rate.
    private func audible(_ utterance: AudioChunk) throws -> (utterance: AudioChunk, isCut: Bool) {
        let (rate, maximumCount) = (encoder.inputSampleRate, encoder.maximumSampleCount)
        // A little more than can be heard, for the resampler's filter: what comes after is not even copied.
        let neededCount = (Double(maximumCount + rate) / Double(rate) * Double(utterance.sampleRate)).rounded(.up)
        var utterance = utterance
        if Double(utterance.samples.count) > neededCount {
            utterance.samples = Array(utterance.samples.prefix(Int(neededCount)))
        }
        if let index = utterance.samples.firstIndex(where: { !$0.isFinite }) {
            throw OmniSessionError.notFinite(sampleIndex: index)
        }
        var heard = try utterance.resampled(to: rate)
        let isCut = heard.samples.count > maximumCount
        if isCut { heard.samples.removeLast(heard.samples.count - maximumCount) }
        return (heard, isCut)
    }
}
