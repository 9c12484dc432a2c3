import OmniCore

/// The sound of one reply in the making: between the steps, or where the codec has a thread to spare, beside them.
///
/// Beside, a frame becomes sound while the model computes the next step. The sound goes out as soon as it is made, and
/// the reply says nothing of that next step before: events are the same either way, in the same order.
enum ReplySound<Codec: SpeechCodec> {
    case between(Codec.Stream)
    case beside(SoundThread<Codec.Stream>)

    /// - Parameter executor: the thread beside. Where the system starts none, sound is made between the steps.
    init(
        _ codec: Codec, of request: ReplyRequest, to channel: ReplyChannel, executor: InferenceExecutor
    ) throws {
        self =
            if let hold = try? executor.hold(), let stream = try codec.makeStreamBeside() {
                .beside(SoundThread(stream, reply: request.reply, channel: channel, executor: executor, hold: hold))
            } else {
                .between(try codec.makeStream())
            }
    }

    /// Takes the frame of a step.
    mutating func push(_ frame: Codec.Stream.Frame, _ recorder: inout ReplyRecorder) throws {
        recorder.countFrame()
        switch self {
        case .between(var stream):
            recorder.send(try recorder.measure(\.codecTime) { try stream.push(frame) })
            self = .between(stream)
        case .beside(var thread):
            thread.push(frame)
            self = .beside(thread)
        }
    }

    /// Waits for the sound of the frame that was taken last.
    mutating func settle(_ recorder: inout ReplyRecorder) async throws {
        guard case .beside(var thread) = self, let sound = try await thread.settle() else { return }
        recorder.note(sound)
        self = .beside(thread)
    }

    /// Sends what the codec still holds back.
    mutating func finish(_ recorder: inout ReplyRecorder) async throws {
        switch self {
        case .between(var stream):
            recorder.send(try recorder.measure(\.codecTime) { try stream.finish() })
            self = .between(stream)
        case .beside(let thread):
            recorder.note(try await thread.finish())
        }
    }
}
