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
            if let hold = try? executor.hold(), let codecStream = try codec.makeStreamBeside() {
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
