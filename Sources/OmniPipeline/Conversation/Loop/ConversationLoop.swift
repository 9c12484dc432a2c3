import OmniCore

/// The shell around the machines of a conversation: performs what they want done. Belongs to one task, on a thread of
/// the conversation's own; answers are made on another.
final class ConversationLoop<Maker: ReplyMaker> {
    let maker: Maker
    let session: OmniSession
    let inbox: ConversationInbox
    let outbox: ConversationOutbox
    var options: ConversationOptions

    // Listening
    private(set) var ear: Ear
    private(set) var gate: EchoGate?
    private var detector: SpeechDetector?
    private let windowDuration: Duration
    var machine: TurnMachine
    var history = SoundHistory()
    /// The turn in progress, as far as it was passed on to the encoder.
    var hearing: (sound: Hearing<Maker.Encoder>, end: Int)?
    /// Where the turn in progress begins that is ended by hand.
    var manualStart = 0
    var turnCount = 0
    /// The turn that ended last.
    var question: HeardQuestion<Maker.Encoder>?

    // Answering
    /// An answer that nobody knows of yet.
    var preparation: ActiveReply?
    var reply: ActiveReply?
    /// Answers that were stopped and have not said their last word.
    var endings: [ActiveReply] = []
    /// The answer that was stopped or heard last.
    var lastReply: ActiveReply?
    let transcribingSession: OmniSession
    var transcriber = Transcriber<Maker.Encoder>()

    // Time
    private let start = ContinuousClock.now
    /// Simulated time that no sound stands for: what is heard after the sound has ended.
    var extraTime: Duration = .zero
    private(set) var windowCount = 0
    private(set) var hasAudioEnded = false
    var lastTick: ConversationTick?
    var replayedCount = 0
    var hasReplayedAll = false
    private var nextWake: ContinuousClock.Instant?
    var metrics = ConversationMetrics()

    init(
        _ maker: Maker, session: OmniSession, options: ConversationOptions, inbox: ConversationInbox,
        outbox: ConversationOutbox
    ) throws(OmniSessionError) {
        guard options.mode.listens else { throw .questionDoesNotFit(mode: options.mode) }
        let model = options.voiceActivity ?? maker.voiceActivity
        guard model != nil || options.turns == nil else { throw .noVoiceActivity }
        self.maker = maker
        self.session = session
        self.inbox = inbox
        self.outbox = outbox
        self.options = options
        transcribingSession = OmniSession(maker, executor: session.executor)
        // Without a model windows only make time pass.
        let sampleRate = model?.sampleRate ?? maker.encoder.inputSampleRate
        let windowSampleCount = model?.windowSampleCount ?? max(sampleRate / 50, 1)
        windowDuration = .seconds(Double(windowSampleCount) / Double(sampleRate))
        ear = Ear(sampleRate: sampleRate, windowSampleCount: windowSampleCount)
        gate = options.echo.map { EchoGate($0, sampleRate: sampleRate) }
        detector = model.map(SpeechDetector.init)
        machine = TurnMachine(
            options.turns ?? TurnSettings(), windowSampleCount: windowSampleCount, sampleRate: sampleRate)
    }

    /// Listens until the sound and all answers are over, or nobody wants to know.
    func run<Audio: AsyncSequence & Sendable>(_ audio: Audio) async where Audio.Element == AudioChunk {
        await withDiscardingTaskGroup { group in
            // Not on this thread: who makes the sound may block.
            group.addTask(executorPreference: globalConcurrentExecutor) { [inbox] in
                await Self.feed(audio, to: inbox)
            }
            do {
                while !outbox.isAbandoned, !isOver {
                    try await handle(await inbox.next())
                    try await tick()
                    scheduleWake(in: &group)
                }
                emit(.finished(metrics))
                outbox.finish()
            } catch {
                outbox.finish(throwing: error)
            }
            inbox.close()
            letGo()
            group.cancelAll()
        }
    }

    private static func feed<Audio: AsyncSequence>(
        _ audio: Audio, to inbox: ConversationInbox
    ) async where Audio.Element == AudioChunk {
        do {
            for try await chunk in audio {
                guard !Task.isCancelled else { return }
                await inbox.feed(.audio(chunk))
            }
            await inbox.feed(.audioEnded(nil))
        } catch {
            await inbox.feed(.audioEnded(error))
        }
    }

    // MARK: What comes in

    private func handle(_ input: ConversationInput) async throws {
        switch input {
        case .wake: break
        case .command(let command): try perform(command)
        case .audio(let chunk):
            let (windows, warnings) = ear.push(chunk)
            for warning in warnings { emit(.warning(warning)) }
            try await hear(windows)
        case .audioEnded(let error?): throw error
        case .audioEnded:
            try await hear(ear.finish())
            hasAudioEnded = true
            try perform(options.turns == nil ? [] : machine.finish())
        }
    }

    private func hear(_ windows: [[Float]]) async throws {
        for window in windows where !outbox.isAbandoned {
            await waitForRoom()
            try hear(window)
            try await tick()
            while let command = inbox.nextCommand() { try perform(command) }
        }
    }

    private func hear(_ window: [Float]) throws {
        let place = windowDuration * windowCount
        windowCount += 1
        metrics.duration = windowDuration * windowCount
        let (window, isEcho) = withoutEcho(window)
        history.append(window)
        var probability: Float?
        if options.turns == nil {
            machine.skip()
            try listen(to: manualStart..<machine.position)
        } else if let found = detector?.push(window) {
            probability = found
            try perform(machine.push(isEcho ? 0 : found))
            if let sound = machine.sound { try listen(to: sound) }
        }
        history.forget(before: options.turns == nil ? machine.position : machine.earliestSoundStart)
        guard options.reportsWindows else { return }
        emit(
            .window(
                WindowReport(
                    place: place, level: window.level, probability: probability, isEcho: isEcho,
                    phase: options.turns == nil ? nil : machine.phase)))
    }

    private func withoutEcho(_ window: [Float]) -> (window: [Float], isEcho: Bool) {
        guard gate != nil else { return (window, false) }
        var played: [Float]?
        if let reply, !reply.playback.isPaused {
            played = self.reply?.played?.take(window.count, delivered: reply.playback.delivered)
        }
        let output = gate?.push(window, played: played ?? Array(repeating: 0, count: window.count))
        return (output?.samples ?? window, output?.isEcho ?? false)
    }

    /// Who takes nothing is not listened to.
    private func waitForRoom() async {
        while !outbox.hasRoom { await inbox.woken() }
    }

    /// Where in the sound a sample lies.
    func place(of sample: Int) -> Duration { .seconds(Double(sample) / Double(ear.sampleRate)) }

    var canDetect: Bool { detector != nil }

    func emit(_ event: ConversationEvent) { outbox.put(event) }

    // MARK: Time

    var now: Duration {
        switch options.pace {
        case .real: ContinuousClock.now - start
        case .simulated, .replayed: windowDuration * windowCount + extraTime
        }
    }

    private var isOver: Bool {
        hasReplayedAll
            || hasAudioEnded && reply == nil && preparation == nil && endings.isEmpty && transcriber.isIdle
    }

    /// While an answer plays, time passes also when no sound comes in.
    private func scheduleWake(in group: inout DiscardingTaskGroup) {
        guard reply != nil else { return }
        switch options.pace {
        case .simulated, .replayed:
            if hasAudioEnded { inbox.wake() }
        case .real:
            if let nextWake, nextWake > .now { return }
            let wake = ContinuousClock.now + .milliseconds(30)
            nextWake = wake
            group.addTask { [inbox] in
                try? await Task.sleep(until: wake)
                inbox.wake()
            }
        }
    }

    private func letGo() {
        for reply in [reply, preparation].compactMap({ $0 }) + endings { reply.channel.abandon() }
        transcriber.pass?.channel.abandon()
    }
}

extension [Float] {
    /// Root mean square.
    var level: Float { isEmpty ? 0 : (reduce(0) { $0 + $1 * $1 } / Float(count)).squareRoot() }
}
