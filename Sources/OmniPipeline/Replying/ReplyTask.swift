import OmniCore

/// Makes one reply: encodes the question, prefills, takes the decode steps, decodes their frames and sends what becomes
/// known. Belongs to one task.
struct ReplyTask<Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer>
where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    let pipeline: OmniPipeline<Encoder, Model, Codec, Text>
    let scheduler: BatchScheduler<Model>
    let request: ReplyRequest
    let stream: ReplyStream
    var recorder: ReplyRecorder

    init(
        _ pipeline: OmniPipeline<Encoder, Model, Codec, Text>, _ scheduler: BatchScheduler<Model>,
        _ request: ReplyRequest, _ stream: ReplyStream
    ) {
        self.pipeline = pipeline
        self.scheduler = scheduler
        self.request = request
        self.stream = stream
        let frameDuration = Double(pipeline.codec.samplesPerFrame) / Double(pipeline.codec.outputSampleRate)
        recorder = ReplyRecorder(request, frameDuration: .seconds(frameDuration), to: stream)
    }

    /// Sends the events of the reply, all but a failure.
    consuming func run(_ question: ReplyQuestion<Encoder>) async throws {
        guard !stream.isStopped else { return recorder.finished(.interrupted) }
        let slot = try scheduler.admit(request.mode)
        guard let promptLength = try await prefill(question, slot) else { return recorder.finished(.interrupted) }
        try await decode(slot, promptLength: promptLength)
    }

    /// Encodes and prefills the question.
    ///
    /// - Returns: the length of the prompt; `nil` when the reply was stopped.
    private mutating func prefill(_ question: ReplyQuestion<Encoder>, _ slot: BatchSlot<Model>) async throws -> Int? {
        guard let encoded = try await encode(question, slot), !stream.isStopped else { return nil }
        let (mode, options) = (request.mode, request.options.generation)
        return try await recorder.measure(\.prefillTime) { [stream] in
            try await slot.prefill(encoded, mode: mode, options: options, unless: { stream.isStopped })
        }
    }

    /// Takes the decode steps, and sends what they make known.
    private mutating func decode(_ slot: BatchSlot<Model>, promptLength: Int) async throws {
        defer { slot.finished(recorder.metrics) }
        recorder.started(promptLength: promptLength)
        var text = pipeline.tokenizer.makeStreamDecoder()
        var audio =
            request.mode.speaks ? try ReplyDecoder(pipeline.codec, to: stream, executor: slot.codecExecutor) : nil
        while !stream.isStopped {
            let step: GenerationStep<Model.Generation.Frame>?
            do {
                step = try await recorder.step(slot)
            } catch {
                // The audio of the step before is not lost with this one.
                try await audio?.settle(&recorder)
                throw error
            }
            try await audio?.settle(&recorder)
            // The consumer that interrupted during the step does not want its result.
            guard !stream.isStopped else { break }
            guard let step else {
                recorder.send(text.finish())
                try await audio?.finish(&recorder)
                let ending = slot.reachedLimit ? ReplyEnding.reachedLimit : .completed
                return recorder.finished(stream.isStopped ? .interrupted : ending, chosenTokens: slot.chosenTokens)
            }
            if let token = step.text { recorder.send(text.push(token)) }
            if let frame = step.frame { try audio?.push(frame, &recorder) }
            // How far the model runs ahead must not depend on how soon the codec is done: where it matters, wait for
            // it.
            if !stream.hasRoom(whenMade: recorder.framesDuration) { try await audio?.settle(&recorder) }
            await recorder.waitForRoom()
        }
        try await audio?.settle(&recorder)
        recorder.finished(.interrupted, chosenTokens: slot.chosenTokens)
    }
}
