import OmniCore

extension OmniPipeline {
    /// Reads a question: resamples, encodes, prefills. `nil` when the reply was stopped meanwhile, and has said so.
    func prepare(
        _ question: ReplyQuestion<Encoder>, _ request: ReplyRequest, at desk: ReplyDesk<Model>, to channel: ReplyChannel
    ) async throws -> PreparedReply<Model>? {
        var recorder = ReplyRecorder(
            request, frameDuration: .seconds(Double(codec.samplesPerFrame) / Double(codec.outputSampleRate)),
            to: channel)
        func stopped() -> PreparedReply<Model>? {
            recorder.finished(.interrupted)
            return nil
        }
        guard !channel.isStopped else { return stopped() }
        let seat = try desk.admit(request.mode)
        guard let understood = try await understand(question, request, seat, channel, &recorder),
            !channel.isStopped
        else { return stopped() }
        let promptLength = try await recorder.measure(\.prefillTime) {
            try await seat.begin(
                answering: understood, mode: request.mode, options: request.options.generation,
                unless: { channel.isStopped })
        }
        guard let promptLength else { return stopped() }
        return PreparedReply(seat: seat, promptLength: promptLength, recorder: recorder)
    }

    /// What the model is to answer: text as ids, speech at the encoder's rate, cut and encoded. `nil` when stopped.
    private func understand(
        _ question: ReplyQuestion<Encoder>, _ request: ReplyRequest, _ seat: ReplySeat<Model>, _ channel: ReplyChannel,
        _ recorder: inout ReplyRecorder
    ) async throws -> Question<Encoder.Features>? {
        guard question.isSpoken == request.mode.listens else {
            throw OmniSessionError.questionDoesNotFit(mode: request.mode)
        }
        switch question {
        case .text(let text):
            return .text(recorder.measure(\.encodingTime) { tokenizer.encode(text) })
        case .heard(let question):
            recorder.heard(question.hearing.heardDuration, of: question.hearing.duration)
            return try await recorder.measure(\.encodingTime) {
                try await seat.features(unless: { channel.isStopped }, question.advanceEncoding)
            }.map { .speech($0) }
        case .speech(let utterance):
            let heard = try recorder.measure(\.resamplingTime) { try audible(utterance) }
            // The whole lasts no longer than what is heard, but for the part of a sample that resampling rounds up.
            recorder.heard(heard.utterance.duration, of: heard.isCut ? utterance.duration : heard.utterance.duration)
            var stream = encoder.makeStream()
            try recorder.measure(\.encodingTime) { try stream.push(heard.utterance.samples.span) }
            return try await recorder.measure(\.encodingTime) {
                var encoding = try stream.makeEncoding()
                return try await seat.features(unless: { channel.isStopped }) { try encoding.advance() }
            }.map { .speech($0) }
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
        // In samples of the encoder, without the rounding of the resampler.
        let count = Double(utterance.samples.count) * Double(rate)
        guard count >= Double(encoder.minimumSampleCount) * Double(utterance.sampleRate) else {
            throw SpeechlessAudioError.tooShort(
                utterance.duration, minimum: .seconds(Double(encoder.minimumSampleCount) / Double(rate)))
        }
        var heard = try utterance.resampled(to: rate)
        let isCut = heard.samples.count > maximumCount
        if isCut { heard.samples.removeLast(heard.samples.count - maximumCount) }
        return (heard, isCut)
    }
}
