import OmniCore
import Synchronization

/// A turn that a transcriber writes down while it is spoken. The conversation pushes audio; another thread computes,
/// and text that has become final comes out of ``stream``.
final class StreamingTranscription: Sendable {
    /// Text and the end.
    let stream: ReplyStream
    private let pieces: AsyncStream<[Float]>
    private let input: AsyncStream<[Float]>.Continuation
    /// Pieces that were pushed and are not transcribed yet.
    private let waitingCount = Mutex(0)
    private let onChange: @Sendable () -> Void

    /// - Parameter onChange: called when there is text, when all that was pushed is transcribed, and at the end.
    init(onChange: @escaping @Sendable () -> Void) {
        stream = ReplyStream(maximumBufferedAudio: .zero, onPost: onChange)
        (pieces, input) = AsyncStream.makeStream(of: [Float].self)
        self.onChange = onChange
    }

    /// Whether nothing more comes until more is pushed.
    var isIdle: Bool { waitingCount.withLock { $0 == 0 } }

    /// The next samples of the turn.
    func push(_ samples: [Float]) {
        waitingCount.withLock { $0 += 1 }
        input.yield(samples)
    }

    /// The turn is over: the rest of its text follows.
    func finish() { input.finish() }

    /// Nothing of it is wanted any more.
    func cancel() {
        stream.abandon()
        input.finish()
    }

    /// Transcribes what is pushed until the turn is over.
    ///
    /// - Parameter sampleRate: of what is pushed, in Hz.
    func run(_ transcriber: some SpeechTranscriber, _ options: TranscriptionOptions, sampleRate: Int) async {
        do {
            var resampler = try Resampler(from: sampleRate, to: transcriber.inputSampleRate)
            var transcription = try transcriber.makeStream(options)
            var text = FinalText()
            for await samples in pieces where !stream.isStopped {
                let known = try transcription.push(resampler.push(samples).span)
                if let known, let new = text.advance(to: known.final) { stream.send(.text(new)) }
                waitingCount.withLock { $0 -= 1 }
                onChange()
            }
            guard !stream.isStopped else { return }
            _ = try transcription.push(resampler.finish().span)
            if let rest = text.advance(to: try transcription.finish().text) { stream.send(.text(rest)) }
            stream.finish()
        } catch {
            input.finish()
            stream.finish(throwing: error)
        }
    }
}

/// Text that only ever grows at its end, and how much of it was made known.
private struct FinalText {
    private var sentCount = 0

    /// What is new; `nil` when nothing is. White space in front of everything is left out.
    mutating func advance(to text: String) -> String? {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        defer { sentCount = max(sentCount, scalars.count) }
        return scalars.count > sentCount ? String(scalars.dropFirst(sentCount)) : nil
    }
}
