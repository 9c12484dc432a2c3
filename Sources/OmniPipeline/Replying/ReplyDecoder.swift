import OmniCore

/// Decodes the frames of one reply: between the steps, or where the codec has a thread to spare, beside them.
///
/// Beside, a frame is decoded while the model computes the next step. The audio is sent as soon as it is decoded, and
/// the reply sends nothing of that next step before: events are the same either way, in the same order.
enum ReplyDecoder<Codec: SpeechCodec> {
    case sequential(Codec.Stream)
    case concurrent(ConcurrentDecoder<Codec.Stream>)

    /// - Parameter executor: the thread beside. Where the system starts none, frames are decoded between the steps.
    init(_ codec: Codec, to stream: ReplyStream, executor: InferenceExecutor) throws {
        self =
            if let hold = try? executor.hold(), let codecStream = try codec.makeConcurrentStream() {
                .concurrent(ConcurrentDecoder(codecStream, stream: stream, executor: executor, hold: hold))
            } else {
                .sequential(try codec.makeStream())
            }
    }

    /// Takes the frame of a step.
    mutating func push(_ frame: Codec.Stream.Frame, _ recorder: inout ReplyRecorder) throws {
        recorder.countFrame()
        switch self {
        case .sequential(var stream):
            recorder.send(try recorder.measure(\.codecTime) { try stream.push(frame) })
            self = .sequential(stream)
        case .concurrent(var decoder):
            decoder.push(frame)
            self = .concurrent(decoder)
        }
    }

    /// Waits for the audio of the frame that was taken last.
    mutating func settle(_ recorder: inout ReplyRecorder) async throws {
        guard case .concurrent(var decoder) = self, let audio = try await decoder.settle() else { return }
        recorder.note(audio)
        self = .concurrent(decoder)
    }

    /// Sends what the codec still holds back.
    mutating func finish(_ recorder: inout ReplyRecorder) async throws {
        switch self {
        case .sequential(var stream):
            recorder.send(try recorder.measure(\.codecTime) { try stream.finish() })
            self = .sequential(stream)
        case .concurrent(let decoder):
            recorder.note(try await decoder.finish())
        }
    }
}

/// Decodes the frames of a reply on a thread beside the model's, one at a time.
///
/// Replies that are computed together share that thread: several would get in the way of each other, and of the model,
/// wherever there is one core to spare.
struct ConcurrentDecoder<Stream: SpeechCodecStream> {
    private let decoder: IsolatedDecoder<Stream>
    private let executor: InferenceExecutor
    private let hold: InferenceExecutor.Hold
    private var pending: Task<DecodedAudio, any Error>?

    init(
        _ codecStream: sending Stream, stream: ReplyStream, executor: InferenceExecutor,
        hold: InferenceExecutor.Hold
    ) {
        decoder = IsolatedDecoder(codecStream, stream: stream)
        self.executor = executor
        self.hold = hold
    }

    /// Begins to decode a frame. The one before must have been settled.
    mutating func push(_ frame: Stream.Frame) {
        pending = Task(executorPreference: executor) { [decoder] in try await decoder.push(frame) }
    }

    /// Waits for what ``push(_:)`` has begun; `nil` when it has begun nothing.
    mutating func settle() async throws -> DecodedAudio? {
        defer { pending = nil }
        return try await pending?.value
    }

    /// Decodes what the codec holds back.
    func finish() async throws -> DecodedAudio {
        try await Task(executorPreference: executor) { [decoder] in try await decoder.finish() }.value
    }
}

/// What decoding took and gave.
struct DecodedAudio: Sendable {
    var codecTime: Duration
    var duration: Duration = .zero
    /// When it was sent; `nil` when there was none yet.
    var instant: ContinuousClock.Instant?
}

/// A codec's stream that one task at a time uses; its audio goes to the reply's events.
private actor IsolatedDecoder<Stream: SpeechCodecStream> {
    private var codecStream: Stream
    private let stream: ReplyStream

    init(_ codecStream: sending Stream, stream: ReplyStream) {
        self.codecStream = codecStream
        self.stream = stream
    }

    func push(_ frame: Stream.Frame) throws -> DecodedAudio {
        let start = ContinuousClock.now
        return send(try codecStream.push(frame), since: start)
    }

    func finish() throws -> DecodedAudio {
        let start = ContinuousClock.now
        return send(try codecStream.finish(), since: start)
    }

    private func send(_ chunk: AudioChunk?, since start: ContinuousClock.Instant) -> DecodedAudio {
        let end = ContinuousClock.now
        guard let chunk, !chunk.samples.isEmpty else { return DecodedAudio(codecTime: end - start) }
        stream.send(.audio(chunk))
        return DecodedAudio(codecTime: end - start, duration: chunk.duration, instant: end)
    }
}
