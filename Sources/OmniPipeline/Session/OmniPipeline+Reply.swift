import OmniCore

/// A pipeline, and the desk where the replies that it makes are computed.
struct PipelineReplies<Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer>:
    ReplyMaker
where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    let pipeline: OmniPipeline<Encoder, Model, Codec, Text>
    let desk: ReplyDesk<Model>

    var encoder: Encoder { pipeline.encoder }
    var voiceActivity: (any VoiceActivityModel)? { pipeline.voiceActivity }

    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to channel: ReplyChannel
    ) async throws {
        guard let prepared = try await pipeline.prepare(question, request, at: desk, to: channel) else { return }
        try await pipeline.speak(prepared, to: channel)
    }
}

extension OmniPipeline {
    /// Takes the steps of a reply, and sends what they make known.
    func speak(_ prepared: PreparedReply<Model>, to channel: ReplyChannel) async throws {
        let seat = prepared.seat
        var recorder = prepared.recorder
        defer { seat.finished(recorder.metrics) }
        recorder.started(promptLength: prepared.promptLength)
        var text = tokenizer.makeStreamDecoder()
        var sound =
            recorder.request.mode.speaks
            ? try ReplySound(codec, of: recorder.request, to: channel, executor: seat.soundExecutor) : nil
        while !channel.isStopped {
            let step: GenerationStep<Model.Generation.Frame>?
            do {
                step = try await recorder.step(seat)
            } catch {
                // The sound of the step before is not lost with this one.
                try await sound?.settle(&recorder)
                throw error
            }
            try await sound?.settle(&recorder)
            // Whoever interrupted during the step does not want to hear of it.
            guard !channel.isStopped else { break }
            guard let step else {
                recorder.send(text.finish())
                try await sound?.finish(&recorder)
                let ending = seat.reachedLimit ? ReplyEnding.reachedLimit : .completed
                return recorder.finished(
                    channel.isStopped ? .interrupted : ending, chosenTokens: seat.chosenTokens)
            }
            if let token = step.text { recorder.send(text.push(token)) }
            if let frame = step.frame { try sound?.push(frame, &recorder) }
            // How far the model runs ahead must not depend on how soon the codec is done: where it matters, wait for
            // it.
            if !channel.hasRoom(whenMade: recorder.framesDuration) { try await sound?.settle(&recorder) }
            await recorder.waitForRoom()
        }
        try await sound?.settle(&recorder)
        recorder.finished(.interrupted, chosenTokens: seat.chosenTokens)
    }
}
