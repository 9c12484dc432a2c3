import OmniCore

/// Transcribes the turns of a conversation, one after the other: by a transcriber on a thread beside the replies, or
/// where there is none by the language model.
struct TranscriptMaker<Maker: ReplyMaker> {
    private let maker: Maker
    /// Where the language model transcribes, beside the replies.
    private let session: OmniSession
    private let onChange: @Sendable () -> Void
    /// The transcript in progress.
    private var stream: ReplyStream?
    /// The same, where the turn is transcribed while it is spoken.
    private var live: StreamingTranscription?

    /// - Parameter onChange: called when there is text, and at the end.
    init(_ maker: Maker, executor: InferenceExecutor, onChange: @escaping @Sendable () -> Void) {
        self.maker = maker
        session = OmniSession(maker, executor: executor)
        self.onChange = onChange
    }

    /// The next piece of the transcript in progress, if there is one.
    func takePiece() -> ReplyBuffer.Output? { stream?.takeNow() }

    /// Whether the transcript in progress can go no further for now.
    var isSettled: Bool { stream?.isSettled != false || live?.isIdle == true }

    // MARK: A turn that is over

    /// Begins to transcribe a turn that is over.
    ///
    /// - Parameter questions: what turns said.
    mutating func transcribe(
        _ turn: TurnID, _ questions: TurnQuestions<Maker.Encoder>, _ options: ConversationOptions
    ) {
        let stream = ReplyStream(maximumBufferedAudio: .zero, onPost: onChange)
        self.stream = stream
        if let transcriber = options.transcriber ?? maker.transcriber {
            return transcribe(questions.recording(of: turn), by: transcriber, options.transcription, to: stream)
        }
        guard let features = questions.features(of: turn) else {
            return stream.finish(throwing: OmniSessionError.noQuestion)
        }
        guard maker.modes.contains(.transcription) else {
            return stream.finish(throwing: OmniSessionError.unsupportedMode(.transcription, supported: maker.modes))
        }
        session.begin(.features(features), by: maker, mode: .transcription, options: ReplyOptions(), to: stream)
    }

    private func transcribe(
        _ recording: AudioChunk?, by transcriber: any SpeechTranscriber, _ options: TranscriptionOptions,
        to stream: ReplyStream
    ) {
        guard let recording else { return stream.finish(throwing: OmniSessionError.noQuestion) }
        onTranscribingThread(stream) {
            guard !stream.isStopped else { return }
            do {
                let audio = try recording.resampled(to: transcriber.inputSampleRate)
                let transcript = try transcriber.transcribe(audio, options, unless: { stream.isStopped })
                guard let text = transcript?.text.drop(while: { $0.isWhitespace }) else { return }
                if !text.isEmpty { stream.send(.text(String(text))) }
                stream.finish()
            } catch {
                stream.finish(throwing: error)
            }
        }
    }

    // MARK: The turn in progress

    /// Begins to transcribe the turn in progress while it is spoken. Only a transcriber does that.
    ///
    /// - Parameter sampleRate: of what will be pushed, in Hz.
    mutating func beginLive(_ options: ConversationOptions, sampleRate: Int) {
        guard let transcriber = options.transcriber ?? maker.transcriber else { return }
        let transcription = StreamingTranscription(onChange: onChange)
        (live, stream) = (transcription, transcription.stream)
        onTranscribingThread(transcription.stream) {
            await transcription.run(transcriber, options.transcription, sampleRate: sampleRate)
        }
    }

    /// The next samples of the turn in progress.
    func push(_ samples: [Float]) { if !samples.isEmpty { live?.push(samples) } }

    /// The turn in progress is over: the rest of its text follows.
    mutating func endLive() {
        live?.finish()
        live = nil
    }

    /// The turn in progress was none.
    mutating func dropLive() {
        live?.cancel()
        (live, stream) = (nil, nil)
    }

    /// No transcript is wanted any more.
    func cancel() {
        stream?.abandon()
        live?.cancel()
    }

    /// On another thread than the replies, which sessions that share a scheduler share as well.
    private func onTranscribingThread(_ stream: ReplyStream, _ body: @escaping @Sendable () async -> Void) {
        do {
            let executor = maker.transcribingExecutor
            let hold = try executor.hold()
            Task(executorPreference: executor) {
                await body()
                withExtendedLifetime(hold) {}
            }
        } catch {
            stream.finish(throwing: error)
        }
    }
}
