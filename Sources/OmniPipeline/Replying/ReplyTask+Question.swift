import OmniCore

extension ReplyTask {
    /// What the model is to answer: text as ids, speech at the encoder's rate, cut and encoded. `nil` when stopped.
    mutating func encode(
        _ question: ReplyQuestion<Encoder>, _ slot: BatchSlot<Model>
    ) async throws -> Question<Encoder.Features>? {
        guard question.isSpoken == request.mode.listens else {
            throw OmniSessionError.questionDoesNotFit(mode: request.mode)
        }
        let (encoder, tokenizer) = (pipeline.encoder, pipeline.tokenizer)
        let isStopped = { [stream] in stream.isStopped }
        switch question {
        case .text(let text):
            return .text(recorder.measure(\.encodingTime) { tokenizer.encode(text) })
        case .features(let shared):
            recorder.heard(shared.utterance.encodedDuration, of: shared.utterance.duration)
            return try await recorder.measure(\.encodingTime) {
                try await slot.features(unless: isStopped, shared.advanceEncoding)
            }.map { .speech($0) }
        case .speech(let utterance):
            let heard = try recorder.measure(\.resamplingTime) { try Self.audible(utterance, to: encoder) }
            // The whole lasts no longer than what is heard, but for the part of a sample that resampling rounds up.
            recorder.heard(heard.utterance.duration, of: heard.isCut ? utterance.duration : heard.utterance.duration)
            var stream = encoder.makeStream()
            try recorder.measure(\.encodingTime) { try stream.push(heard.utterance.samples.span) }
            return try await recorder.measure(\.encodingTime) {
                var encoding = try stream.makeEncoding()
                return try await slot.features(unless: isStopped) { try encoding.advance() }
            }.map { .speech($0) }
        }
    }

    /// As much of an utterance as the encoder can hear, at its rate.
    private static func audible(
        _ utterance: AudioChunk, to encoder: Encoder
    ) throws -> (utterance: AudioChunk, isCut: Bool) {
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
