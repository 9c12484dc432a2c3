import OmniCore

/// The shell around a ``ConversationMachine``: the only part of a conversation with a clock and tasks. It frames the
/// audio, detects speech, feeds the machine and performs its actions. Belongs to one task; replies are made on another
/// thread.
final class ConversationDriver<Maker: ReplyMaker> {
    let inbox: Mailbox<ConversationInbox>
    let outbox: Mailbox<ConversationOutbox>
    let options: ConversationOptions
    var machine: ConversationMachine
    private let maker: Maker
    private let session: OmniSession
    private let transcribingSession: OmniSession

    // Audio
    private var framer: AudioFramer
    private var canceller: EchoCanceller?
    private var detector: VoiceDetector?
    private var history = AudioHistory()
    /// The turn in progress, as far as it was passed on to the encoder.
    private var utterance: (audio: StreamingUtterance<Maker.Encoder>, samples: Range<Int>)?
    /// What the turns said that may still be asked for.
    private var questions: [TurnID: SharedFeatures<Maker.Encoder>] = [:]
    /// The audio of these turns, where a transcriber will ask for it.
    private var recordings: [TurnID: AudioChunk] = [:]
    /// The transcription of the turn in progress, where that is transcribed while it is spoken.
    private var spokenTranscription: StreamingTranscription?
    /// Whether windows of a chunk wait to be processed.
    private var isWithinChunk = false

    // Replies
    /// A reply on its way to the consumer.
    struct OutgoingReply {
        let stream: ReplyStream
        var playback = PlaybackClock()
        /// Its audio as the echo canceller wants it; `nil` where there is none.
        var reference: EchoReference?
    }

    var replies: [ReplyID: OutgoingReply] = [:]
    var transcript: ReplyStream?

    // Time
    let start = ContinuousClock.now
    let windowDuration: Duration
    /// Simulated time that no audio stands for: what is heard after the audio has ended.
    var extraTime: Duration = .zero
    private(set) var windowCount = 0
    private(set) var hasAudioEnded = false
    var lastEntry: ReplayTrace.Entry?
    var replayedCount = 0
    var hasReplayedAll = false
    private var nextWake: ContinuousClock.Instant?

    init(
        _ maker: Maker, session: OmniSession, options: ConversationOptions, inbox: Mailbox<ConversationInbox>,
        outbox: Mailbox<ConversationOutbox>
    ) throws(OmniSessionError) {
        let mode = try ReplyMode.resolve(options.mode, of: maker.modes, isSpoken: true)
        guard mode.listens else { throw .questionDoesNotFit(mode: mode) }
        let model = options.voiceActivity ?? maker.voiceActivity
        guard model != nil || options.turns == nil else { throw .noVoiceActivity }
        self.maker = maker
        self.session = session
        self.options = options
        self.inbox = inbox
        self.outbox = outbox
        transcribingSession = OmniSession(maker, executor: session.executor)
        // Without a model windows only make time pass.
        let sampleRate = model?.sampleRate ?? maker.encoder.inputSampleRate
        let windowSampleCount = model?.windowSampleCount ?? max(sampleRate / 50, 1)
        windowDuration = .seconds(Double(windowSampleCount) / Double(sampleRate))
        framer = AudioFramer(sampleRate: sampleRate, windowSampleCount: windowSampleCount)
        canceller = options.echo.map { EchoCanceller($0, sampleRate: sampleRate) }
        detector = model.map(VoiceDetector.init)
        machine = ConversationMachine(
            options, windowSampleCount: windowSampleCount, sampleRate: sampleRate, canDetect: model != nil,
            hasTranscriber: maker.transcriber != nil)
    }

    /// Leads the conversation until the audio and all replies are over, or the consumer has left.
    ///
    /// - Parameter feed: puts audio into the inbox; `nil` when a caller does.
    func run(feed: (@Sendable () async -> Void)?) async {
        await withDiscardingTaskGroup { group in
            // Not on this thread: the source of the audio may block.
            if let feed { group.addTask(executorPreference: globalConcurrentExecutor) { await feed() } }
            do {
                while !outbox.isAbandoned, !isOver {
                    try await process(await inbox.next(acceptingAudio: true))
                    try await tick()
                    scheduleWake(in: &group)
                }
                outbox.put(.finished(machine.metrics))
                outbox.finish()
            } catch {
                outbox.finish(throwing: error)
            }
            inbox.change { $0.close() }
            for reply in replies.values { reply.stream.abandon() }
            transcript?.abandon()
            spokenTranscription?.cancel()
            group.cancelAll()
        }
    }

    private var isOver: Bool { hasReplayedAll || hasAudioEnded && machine.isIdle }

    // MARK: Input

    /// Feeds the machine and performs what it wants done.
    func handle(_ input: ConversationMachine.Input) throws {
        var judged: Range<Int>?
        for action in machine.handle(input, at: ContinuousClock.now - start) {
            if case .judgeTurnEnd(let audio) = action { judged = audio } else { try perform(action) }
        }
        // A turn that is over lets go of audio which the other actions ask for.
        guard let judged else { return }
        try handle(.turnEndJudged(judged, probability: turnEndProbability(of: judged)))
    }

    /// How probably a turn is over, by the model; `nil` without one, and where it fails.
    private func turnEndProbability(of audio: Range<Int>) -> Float? {
        guard let model = machine.options.turnEnd ?? maker.turnEnd else { return nil }
        let count = model.maximumSampleCount * framer.sampleRate / model.sampleRate + 1
        let recent = AudioChunk(Array(history[audio].suffix(count)), sampleRate: framer.sampleRate)
        guard let samples = try? recent.resampled(to: model.sampleRate).samples else { return nil }
        return try? model.turnEndProbability(of: samples.span)
    }

    private func process(_ input: ConversationInput) async throws {
        switch input {
        case .wake: break
        case .command(let command): try carryOut(command)
        case .audio(let chunk):
            let (windows, warnings) = framer.push(chunk)
            for warning in warnings { outbox.put(.warning(warning)) }
            try await hear(windows)
            inbox.change { $0.isProcessing = false }
        case .audioEnded(let error?): throw error
        case .audioEnded:
            try await hear(framer.finish())
            hasAudioEnded = true
            try handle(.audioEnded)
            inbox.change { $0.isProcessing = false }
        }
    }

    /// Waits until something else than audio has happened.
    func processNews() async throws { try await process(await inbox.next(acceptingAudio: false)) }

    /// Carries out the commands that wait. Returns whether there were any.
    @discardableResult
    func carryOutCommands() throws -> Bool {
        var hasCarriedOut = false
        while let command = inbox.change({ $0.popCommand() }) {
            try carryOut(command)
            hasCarriedOut = true
        }
        return hasCarriedOut
    }

    private func carryOut(_ command: ConversationCommand) throws {
        switch command {
        case .commit, .clear, .change, .changeTurns: if machine.isManual, !isWithinChunk { try flush() }
        default: break
        }
        try handle(.command(command))
    }

    /// A turn that a caller ends has all the audio that came before, not only whole windows.
    private func flush() throws {
        let (windows, rest) = framer.flush()
        for window in windows { try hear(window) }
        if !rest.isEmpty { try hear(rest, isPartial: true) }
    }

    private func hear(_ windows: [[Float]]) async throws {
        isWithinChunk = true
        defer { isWithinChunk = false }
        for (index, window) in windows.enumerated() where !outbox.isAbandoned {
            // Other conversations may share the thread.
            if index % 8 == 7 { await Task.yield() }
            // Nothing more is heard of a consumer that takes nothing.
            while !outbox.hasRoom { try await processNews() }
            try hear(window)
            try await tick()
            try carryOutCommands()
        }
    }

    private func hear(_ window: [Float], isPartial: Bool = false) throws {
        if !isPartial { windowCount += 1 }
        let (samples, isEcho) = withoutEcho(window)
        history.append(samples)
        var input = ConversationMachine.Window(
            sampleCount: samples.count, level: samples.level, isEcho: isEcho, isPartial: isPartial)
        if !machine.isManual {
            input.probability = detector?.push(samples)
            if machine.turnMachine.phase == .hearing { input.mayPrepare = machine.options.mayPrepare?() ?? true }
        }
        try handle(.window(input))
    }

    private func withoutEcho(_ window: [Float]) -> (samples: [Float], isEcho: Bool) {
        guard canceller != nil else { return (window, false) }
        var played: [Float]?
        if let active = machine.activeReply, !machine.isPaused {
            let delivered = active.playback.delivered
            played = replies[active.id]?.reference?.take(window.count, delivered: delivered)
        }
        let output = canceller?.push(window, played: played ?? Array(repeating: 0, count: window.count))
        return (output?.samples ?? window, output?.isEcho ?? false)
    }

    // MARK: Actions

    private func perform(_ action: ConversationMachine.Action) throws {
        switch action {
        case .emit(let event): emit(event)
        case .listen(let range): try listen(to: range)
        case .dropUtterance: utterance = nil
        case .keepUtterance(let turn):
            let samples = utterance.map { Array(history[$0.samples]) } ?? []
            keep(utterance?.audio, AudioChunk(samples, sampleRate: framer.sampleRate), as: turn)
        case .keepAudio(let audio, let turn): keep(try utterance(of: audio), audio, as: turn)
        case .begin(let id, let plan): begin(id, plan)
        case .allow(let id, let runAhead): replies[id]?.stream.allow(runAhead)
        case .pause(let id): replies[id]?.playback.isPaused = true
        case .resume(let id): replies[id]?.playback.isPaused = false
        case .interrupt(let id):
            replies[id]?.stream.interrupt()
            outbox.change { $0.drop(id) }
        case .release(let id): replies.removeValue(forKey: id)?.stream.abandon()
        case .transcribe(let turn): transcribe(turn)
        case .beginTranscript: beginTranscript()
        case .endTranscript:
            spokenTranscription?.finish()
            spokenTranscription = nil
        case .dropTranscript:
            spokenTranscription?.cancel()
            (spokenTranscription, transcript) = (nil, nil)
        case .forgetAudio(let sample): history.forget(before: sample)
        // Performed last, by ``handle(_:)``.
        case .judgeTurnEnd: break
        }
    }

    private func emit(_ event: ConversationEvent) {
        if case .reply(let id, .audio(let chunk)) = event { replies[id]?.reference?.push(chunk) }
        outbox.put(event)
    }

    /// Passes on to the encoder what it does not have yet of a turn.
    private func listen(to range: Range<Int>) throws {
        let first = utterance?.samples.lowerBound ?? range.lowerBound
        let start = utterance?.samples.upperBound ?? range.lowerBound
        guard start < range.upperBound else { return }
        var audio = try utterance?.audio ?? StreamingUtterance(maker.encoder, sampleRate: framer.sampleRate)
        // The only owner may change it in place.
        utterance = nil
        let samples = Array(history[start..<range.upperBound])
        try audio.push(samples)
        spokenTranscription?.push(samples)
        utterance = (audio, first..<range.upperBound)
    }

    /// Recorded audio as an utterance; `nil` at a rate that cannot be resampled.
    private func utterance(of audio: AudioChunk) throws -> StreamingUtterance<Maker.Encoder>? {
        guard var utterance = try? StreamingUtterance(maker.encoder, sampleRate: audio.sampleRate) else {
            outbox.put(.warning(.unsupportedSampleRate(audio.sampleRate)))
            return nil
        }
        var audio = audio
        if audio.silenceNonFiniteSamples() { outbox.put(.warning(.notFinite(at: machine.metrics.duration))) }
        try utterance.push(audio.samples)
        return utterance
    }

    private func keep(_ audio: StreamingUtterance<Maker.Encoder>?, _ recording: AudioChunk, as turn: TurnID) {
        questions = questions.filter { machine.needs($0.key) }
        recordings = recordings.filter { machine.needs($0.key) }
        if machine.options.transcribes, transcriber != nil { recordings[turn] = recording }
        questions[turn] = audio.map(SharedFeatures.init)
    }

    private func begin(_ id: ReplyID, _ plan: ConversationMachine.ReplyPlan) {
        let stream = ReplyStream(maximumBufferedAudio: plan.runAhead, playback: .reported) { [inbox] in inbox.wake() }
        let reference = canceller.map { _ in EchoReference(sampleRate: framer.sampleRate) }
        replies[id] = OutgoingReply(stream: stream, reference: reference)
        let question: ReplyQuestion<Maker.Encoder>? =
            switch plan.question {
            case .turn(let turn): questions[turn].map { .features($0) }
            case .speech(let audio): .speech(audio)
            case .text(let text): .text(text)
            }
        guard let question else { return stream.finish(throwing: OmniSessionError.noQuestion) }
        let options = ReplyOptions(generation: plan.generation, maximumBufferedAudio: plan.runAhead)
        do {
            let mode = try ReplyMode.resolve(plan.mode, of: maker.modes, isSpoken: question.isSpoken)
            session.begin(question, by: maker, mode: mode, options: options, to: stream)
        } catch {
            stream.finish(throwing: error)
        }
    }

    private func transcribe(_ turn: TurnID) {
        let stream = ReplyStream(maximumBufferedAudio: .zero) { [inbox] in inbox.wake() }
        transcript = stream
        if let transcriber { return transcribe(recordings[turn], by: transcriber, to: stream) }
        guard let question = questions[turn] else { return stream.finish(throwing: OmniSessionError.noQuestion) }
        guard maker.modes.contains(.transcription) else {
            return stream.finish(throwing: OmniSessionError.unsupportedMode(.transcription, supported: maker.modes))
        }
        transcribingSession.begin(
            .features(question), by: maker, mode: .transcription, options: ReplyOptions(), to: stream)
    }

    private var transcriber: (any SpeechTranscriber)? { machine.options.transcriber ?? maker.transcriber }

    /// On another thread: a reply may be under way on the session's. Sessions that share a scheduler share it as well.
    private func transcribe(
        _ recording: AudioChunk?, by transcriber: any SpeechTranscriber, to stream: ReplyStream
    ) {
        guard let recording else { return stream.finish(throwing: OmniSessionError.noQuestion) }
        let options = machine.options.transcription
        onTranscribingThread(stream) {
            guard !stream.isStopped else { return }
            do {
                let audio = try recording.resampled(to: transcriber.inputSampleRate)
                let text = try transcriber.transcribe(audio, options).text
                let trimmed = text.drop { $0.isWhitespace }
                if !trimmed.isEmpty { stream.send(.text(String(trimmed))) }
                stream.finish()
            } catch {
                stream.finish(throwing: error)
            }
        }
    }

    /// Transcribes the turn in progress while it is spoken.
    private func beginTranscript() {
        guard let transcriber else { return }
        let transcription = StreamingTranscription { [inbox] in inbox.wake() }
        (spokenTranscription, transcript) = (transcription, transcription.stream)
        let (options, sampleRate) = (machine.options.transcription, framer.sampleRate)
        onTranscribingThread(transcription.stream) {
            await transcription.run(transcriber, options, sampleRate: sampleRate)
        }
    }

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

    /// Whether the transcript in progress can go no further for now.
    var isTranscriptSettled: Bool {
        guard machine.transcripts.current != nil, let transcript else { return true }
        return transcript.isSettled || spokenTranscription?.isIdle == true
    }

    // MARK: Waking

    /// While a reply plays, time passes also when no audio comes in.
    private func scheduleWake(in group: inout DiscardingTaskGroup) {
        guard machine.activeReply != nil else { return }
        switch options.pace {
        case .simulated, .replayed:
            if hasAudioEnded { inbox.wake() }
        case .real:
            guard options.playback == .paced else { return }
            if let nextWake, nextWake > .now { return }
            let wake = ContinuousClock.now + .milliseconds(30)
            nextWake = wake
            group.addTask { [inbox] in
                try? await Task.sleep(until: wake)
                inbox.wake()
            }
        }
    }
}

extension [Float] {
    /// Root mean square.
    var level: Float { isEmpty ? 0 : (reduce(0) { $0 + $1 * $1 } / Float(count)).squareRoot() }
}
