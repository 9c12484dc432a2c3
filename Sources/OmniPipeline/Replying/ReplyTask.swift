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

/// The question of a reply.
enum ReplyQuestion<Encoder: SpeechEncoder>: Sendable {
    case speech(AudioChunk)
    case text(String)
    /// Speech that was encoded while it was spoken, as far as that goes.
    case features(SharedFeatures<Encoder>)

    var isSpoken: Bool {
        switch self {
        case .speech, .features: true
        case .text: false
        }
    }
}

/// How a question is answered.
struct ReplyRequest: Sendable {
    let mode: ReplyMode
    let options: ReplyOptions
    /// When the question was asked.
    let instant: ContinuousClock.Instant
}

/// Makes replies: a pipeline, whatever its parts are.
protocol ReplyMaker: Sendable {
    associatedtype Encoder: SpeechEncoder

    var encoder: Encoder { get }
    var voiceActivity: (any VoiceActivityModel)? { get }

    /// Sends the events of a reply, all but a failure.
    func makeReply(to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to stream: ReplyStream) async throws
}

/// A pipeline, and the scheduler of the replies that it makes.
struct PipelineReplies<Encoder: SpeechEncoder, Model: SpeechLanguageModel, Codec: SpeechCodec, Text: Tokenizer>:
    ReplyMaker
where Encoder.Features == Model.Features, Codec.Stream.Frame == Model.Generation.Frame {
    let pipeline: OmniPipeline<Encoder, Model, Codec, Text>
    let scheduler: BatchScheduler<Model>

    var encoder: Encoder { pipeline.encoder }
    var voiceActivity: (any VoiceActivityModel)? { pipeline.voiceActivity }

    func makeReply(
        to question: ReplyQuestion<Encoder>, _ request: ReplyRequest, to stream: ReplyStream
    ) async throws {
        try await ReplyTask(pipeline, scheduler, request, stream).run(question)
    }
}
