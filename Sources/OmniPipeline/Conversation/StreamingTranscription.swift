import OmniCore
import Synchronization

/// A turn that a transcriber writes down while it is spoken. The conversation pushes audio; another thread computes,
/// and text that has become final comes out of ``stream``. What waits is bounded by the length of a turn.
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
            var turn = try TranscribedTurn(transcriber, options, sampleRate: sampleRate)
            for await samples in pieces where !stream.isStopped {
                if let text = try turn.push(samples) { stream.send(.text(text)) }
                waitingCount.withLock { $0 -= 1 }
                onChange()
            }
            guard !stream.isStopped else { return }
            if let rest = try turn.finish() { stream.send(.text(rest)) }
            stream.finish()
        } catch {
            input.finish()
            stream.finish(throwing: error)
        }
    }
}

/// A turn at the transcriber's rate, and how much of its text was made known. Text only ever grows at its end.
private struct TranscribedTurn<Transcriber: SpeechTranscriber> {
    private var resampler: Resampler
    private var transcription: Transcriber.Stream
    private var sentCount = 0

    init(_ transcriber: Transcriber, _ options: TranscriptionOptions, sampleRate: Int) throws {
        resampler = try Resampler(from: sampleRate, to: transcriber.inputSampleRate)
        transcription = try transcriber.makeStream(options)
    }

    /// - Returns: the text that has become final; `nil` for none.
    mutating func push(_ samples: [Float]) throws -> String? {
        let resampled = try resampler.push(samples)
        return try transcription.push(resampled.span).flatMap { advance(to: $0.final) }
    }

    /// - Returns: the rest of the text.
    mutating func finish() throws -> String? {
        let rest = resampler.finish()
        _ = try transcription.push(rest.span)
        return advance(to: try transcription.finish().text)
    }

    /// What is new in a text, without the white space in front of everything.
    private mutating func advance(to text: String) -> String? {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        defer { sentCount = max(sentCount, scalars.count) }
        return scalars.count > sentCount ? String(String.UnicodeScalarView(scalars.dropFirst(sentCount))) : nil
    }
}
