import OmniCore

/// Sends the events of a reply and keeps its metrics.
struct ReplyRecorder {
    let request: ReplyRequest
    let stream: ReplyStream
    private(set) var metrics: ReplyMetrics
    private let frameDuration: Duration
    private var frameCount = 0

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

    /// When the listener's audio runs out, if everything is heard as soon as it can be; `nil` when there is none to
    /// hear.
    private var deadline: ContinuousClock.Instant? {
        guard request.mode.speaks else { return nil }
        guard let start = metrics.timeToFirstAudio else { return request.instant }
        return request.instant + start + metrics.audioDuration
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
        if metrics.timeToFirstAudio == nil { metrics.timeToFirstAudio = elapsed }
        metrics.audioDuration += chunk.duration
        stream.send(.audio(chunk))
    }

    /// Counts audio that was decoded and sent on another thread.
    mutating func note(_ audio: DecodedAudio) {
        metrics.codecTime += audio.codecTime
        guard let instant = audio.instant else { return }
        if metrics.timeToFirstAudio == nil { metrics.timeToFirstAudio = instant - request.instant }
        metrics.audioDuration += audio.duration
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
