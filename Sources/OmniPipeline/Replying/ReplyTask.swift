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
                return finish(stream.isStopped ? .interrupted : ending, slot)
            }
            if let token = step.text { recorder.send(text.push(token)) }
            if let frame = step.frame { try audio?.push(frame, &recorder) }
            // How far the model runs ahead must not depend on how soon the codec is done: where it matters, wait for
            // it.
            if !stream.hasRoom(whenMade: recorder.framesDuration) { try await audio?.settle(&recorder) }
            await recorder.waitForRoom()
        }
        try await audio?.settle(&recorder)
        finish(.interrupted, slot)
    }

    /// A reply that failed says nothing of what others will take.
    private mutating func finish(_ ending: ReplyEnding, _ slot: BatchSlot<Model>) {
        recorder.finished(ending, chosenTokens: slot.chosenTokens)
        slot.finished(recorder.metrics)
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
        let neededCount = ((Double(maximumCount) / Double(rate) + 1) * Double(utterance.sampleRate)).rounded(.up)
        var utterance = utterance
        if Double(utterance.samples.count) > neededCount {
            utterance.samples = Array(utterance.samples.prefix(Int(neededCount)))
        }
        try utterance.samples.span.requireFinite()
        try encoder.requireLength(of: utterance.samples.count, sampleRate: utterance.sampleRate)
        var heard = try utterance.resampled(to: rate)
        let isCut = heard.samples.count > maximumCount
        if isCut { heard.samples.removeLast(heard.samples.count - maximumCount) }
        return (heard, isCut)
    }
}

/// Sends the events of a reply and keeps its metrics.
struct ReplyRecorder {
    let request: ReplyRequest
    let stream: ReplyStream
    private(set) var metrics: ReplyMetrics
    private let frameDuration: Duration
    private var frameCount = 0
    /// When the audio that was sent so far is over, for a listener who hears it as soon as it comes.
    private var audioEnd: ContinuousClock.Instant?

    /// - Parameter frameDuration: how long the audio of a step lasts.
    init(_ request: ReplyRequest, frameDuration: Duration, to stream: ReplyStream) {
        self.request = request
        self.frameDuration = frameDuration
        self.stream = stream
        metrics = ReplyMetrics(mode: request.mode)
        metrics.waitTime = elapsed
    }

    /// Time since the question.
    private var elapsed: Duration { ContinuousClock.now - request.instant }

    /// Adds the time that `body` takes.
    mutating func measure<Result>(
        _ time: WritableKeyPath<ReplyMetrics, Duration>, _ body: () throws -> Result
    ) rethrows -> Result {
        let start = ContinuousClock.now
        defer { metrics[keyPath: time] += ContinuousClock.now - start }
        return try body()
    }

    /// Adds the time that `body` takes, waiting for other replies that compute included.
    mutating func measure<Result>(
        _ time: WritableKeyPath<ReplyMetrics, Duration>, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let start = ContinuousClock.now
        defer { metrics[keyPath: time] += ContinuousClock.now - start }
        return try await body()
    }

    /// When the listener's audio runs out; `nil` when there is none to hear. A gap in the audio, as of a reply that had
    /// to wait for its consumer, makes the rest no more urgent.
    private var deadline: ContinuousClock.Instant? { request.mode.speaks ? audioEnd ?? request.instant : nil }

    private mutating func sent(_ duration: Duration, at instant: ContinuousClock.Instant) {
        if metrics.timeToFirstAudio == nil { metrics.timeToFirstAudio = instant - request.instant }
        metrics.audioDuration += duration
        audioEnd = max(audioEnd ?? instant, instant) + duration
    }

    /// Takes a step of the model.
    mutating func step<Model>(_ slot: BatchSlot<Model>) async throws -> GenerationStep<Model.Generation.Frame>? {
        let start = ContinuousClock.now
        guard let step = try await slot.next(deadline: deadline) else { return nil }
        let time = ContinuousClock.now - start
        metrics.stepCount += 1
        metrics.stepTime += time
        metrics.longestStepTime = max(metrics.longestStepTime, time)
        return step
    }

    mutating func heard(_ duration: Duration, of whole: Duration) {
        metrics.questionDuration = duration
        if whole > duration { stream.send(.warning(.questionCut(heard: duration, of: whole))) }
    }

    mutating func started(promptLength: Int) {
        metrics.promptLength = promptLength
        let start = ReplyStart(
            mode: request.mode, questionDuration: metrics.questionDuration, promptLength: promptLength)
        stream.send(.started(start))
    }

    mutating func send(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        if metrics.timeToFirstText == nil { metrics.timeToFirstText = elapsed }
        // Audio streams run behind the text: the token of step `n` is spoken while frame `n` plays.
        stream.send(.text(text), spokenAt: frameDuration * max(metrics.stepCount - 1, 0))
    }

    mutating func send(_ chunk: AudioChunk?) {
        guard let chunk, !chunk.samples.isEmpty else { return }
        sent(chunk.duration, at: .now)
        stream.send(.audio(chunk))
    }

    /// Counts audio that was decoded and sent on another thread.
    mutating func note(_ audio: DecodedAudio) {
        metrics.codecTime += audio.codecTime
        guard let instant = audio.instant else { return }
        sent(audio.duration, at: instant)
    }

    /// How long the audio of all frames is that the codec was given; some of it may not be decoded yet.
    var framesDuration: Duration { frameDuration * frameCount }

    mutating func countFrame() { frameCount += 1 }

    /// Waits while too much audio waits to be taken.
    mutating func waitForRoom() async {
        guard !stream.hasRoom else { return }
        let start = ContinuousClock.now
        await stream.waitForRoom()
        metrics.pausedTime += ContinuousClock.now - start
    }

    mutating func finished(_ ending: ReplyEnding, chosenTokens: [[Int32]] = []) {
        metrics.ending = ending
        metrics.chosenTokens = chosenTokens
        metrics.totalTime = elapsed
        stream.send(.finished(metrics))
    }
}
