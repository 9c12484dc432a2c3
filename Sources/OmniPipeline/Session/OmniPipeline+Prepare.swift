import OmniCore

extension OmniPipeline {
    /// Reads a question: resamples, encodes, prefills. `nil` when the reply was stopped meanwhile, and has said so.
    func prepare(
        _ question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to channel: ReplyChannel
    ) throws -> PreparedReply<Model.Generation>? {
        var recorder = ReplyRecorder(
            request, frameDuration: .seconds(Double(codec.samplesPerFrame) / Double(codec.outputSampleRate)),
            to: channel)
        guard !channel.isStopped else {
            recorder.finished(.interrupted)
            return nil
        }
        let understood = try understand(question, request, &recorder)
        guard !channel.isStopped else {
            recorder.finished(.interrupted)
            return nil
        }
        let generation = try recorder.measure(\.prefillTime) {
            try model.makeGeneration(
                answering: understood, mode: request.mode, options: request.options.generation)
        }
        return PreparedReply(generation: generation, recorder: recorder)
    }

    /// What the model is to answer: text as ids, speech at the encoder's rate, cut and encoded.
    private func understand(
        _ question: ReplyQuestion<Encoder>, _ request: ReplyRequest, _ recorder: inout ReplyRecorder
    ) throws -> Question<Encoder.Features> {
        guard question.isSpoken == request.mode.listens else {
            throw OmniSessionError.questionDoesNotFit(mode: request.mode)
        }
        switch question {
        case .text(let text):
            return .text(recorder.measure(\.encodingTime) { tokenizer.encode(text) })
        case .heard(let question):
            recorder.heard(question.hearing.heardDuration, of: question.hearing.duration)
            return .speech(try recorder.measure(\.encodingTime) { try question.features() })
        case .speech(let utterance):
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
