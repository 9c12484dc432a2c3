import OmniCore

/// Makes the sound of a reply on a thread beside the model's, one frame at a time.
///
/// Replies that are computed together share that thread: several would get in the way of each other, and of the model,
/// wherever there is one core to spare.
struct SoundThread<Stream: SpeechCodecStream> {
    private let maker: SoundStream<Stream>
    private let executor: InferenceExecutor
    private let hold: InferenceExecutor.Hold
    private var pending: Task<MadeSound, any Error>?

    init(
        _ stream: sending Stream, reply: ReplyID, channel: ReplyChannel, executor: InferenceExecutor,
        hold: InferenceExecutor.Hold
    ) {
        maker = SoundStream(stream, reply: reply, channel: channel)
        self.executor = executor
        self.hold = hold
    }

    /// Begins to make sound of a frame. The one before must have been settled.
    mutating func push(_ frame: Stream.Frame) {
        pending = Task(executorPreference: executor) { [maker] in try await maker.push(frame) }
    }

    /// Waits for what ``push(_:)`` has begun; `nil` when it has begun nothing.
    mutating func settle() async throws -> MadeSound? {
        defer { pending = nil }
        return try await pending?.value
    }

    /// Makes sound of what the codec holds back.
    func finish() async throws -> MadeSound {
        try await Task(executorPreference: executor) { [maker] in try await maker.finish() }.value
    }
}

/// What making sound took and gave.
struct MadeSound: Sendable {
    var codecTime: Duration
    var audioDuration: Duration = .zero
    /// When it was sent; `nil` when there was none yet.
    var instant: ContinuousClock.Instant?
}

/// A codec's stream that one task at a time uses; what it makes goes to the reply's events.
private actor SoundStream<Stream: SpeechCodecStream> {
    private var stream: Stream
    private let reply: ReplyID
    private let channel: ReplyChannel

    init(_ stream: sending Stream, reply: ReplyID, channel: ReplyChannel) {
        self.stream = stream
        self.reply = reply
        self.channel = channel
    }

    func push(_ frame: Stream.Frame) throws -> MadeSound {
        let start = ContinuousClock.now
        return send(try stream.push(frame), since: start)
    }

    func finish() throws -> MadeSound {
        let start = ContinuousClock.now
        return send(try stream.finish(), since: start)
    }

    private func send(_ chunk: AudioChunk?, since start: ContinuousClock.Instant) -> MadeSound {
        let end = ContinuousClock.now
        guard let chunk, !chunk.samples.isEmpty else { return MadeSound(codecTime: end - start) }
        channel.send(.audio(chunk, reply))
        return MadeSound(codecTime: end - start, audioDuration: chunk.duration, instant: end)
    }
}
