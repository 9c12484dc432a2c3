import OmniCore

/// The shell around a ``ConversationMachine``: the only part of a conversation with a clock and tasks. It receives
/// audio and commands, feeds the machine one input at a time and performs its actions. Belongs to one task; replies
/// are made on another thread.
final class ConversationDriver<Maker: ReplyMaker> {
    let inbox: Mailbox<ConversationInbox>
    let outbox: Mailbox<ConversationOutbox>
    let options: ConversationOptions
    var machine: ConversationMachine
    let maker: Maker
    let session: OmniSession
    var audio: AudioFrontEnd<Maker.Encoder>
    var questions = TurnQuestions<Maker.Encoder>()
    var replies: OutgoingReplies
    var transcripts: TranscriptMaker<Maker>

    /// Windows of audio that were processed, and what each lasts.
    private(set) var windowCount = 0
    let windowDuration: Duration
    private(set) var hasAudioEnded = false
    private(set) var executedCommandCount = 0
    /// Whether windows of a chunk wait to be processed.
    private var isWithinChunk = false
    let start = ContinuousClock.now
    /// What time is; see ``tick()``.
    var pacing = ConversationPacing()
    private var wake: (instant: ContinuousClock.Instant, task: Task<Void, Never>)?

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
        audio = AudioFrontEnd(maker.encoder, voiceActivity: model, echo: options.echo)
        windowDuration = audio.windowDuration
        replies = OutgoingReplies(echoSampleRate: options.echo == nil ? nil : audio.sampleRate)
        transcripts = TranscriptMaker(maker, executor: session.executor) { inbox.wake() }
        machine = ConversationMachine(
            options, windowSampleCount: audio.windowSampleCount, sampleRate: audio.sampleRate, canDetect: model != nil,
            hasTranscriber: maker.transcriber != nil)
    }

    /// Leads the conversation until the audio and all replies are over, or the consumer has left.
    func run() async {
        do {
            while !outbox.isAbandoned, !isOver {
                try await receive(await inbox.next(acceptingAudio: true))
                try await tick()
                scheduleWake()
            }
            outbox.put(.finished(machine.metrics))
            outbox.finish()
        } catch {
            outbox.finish(throwing: error)
        }
        inbox.change { $0.close() }
        replies.releaseAll()
        transcripts.cancel()
        wake?.task.cancel()
    }

    private var isOver: Bool { pacing.hasReplayedAll || hasAudioEnded && machine.isIdle }

    /// While a reply plays, time passes also when no audio comes in.
    private func scheduleWake() {
        guard machine.activeReply != nil else { return }
        switch options.pace {
        case .simulated, .replayed:
            if hasAudioEnded { inbox.wake() }
        case .real:
            guard options.playback == .paced else { return }
            if let wake, wake.instant > .now { return }
            let instant = ContinuousClock.now + .milliseconds(30)
            let task = Task { [inbox] in
                try? await Task.sleep(until: instant)
                inbox.wake()
            }
            wake = (instant, task)
        }
    }

    // MARK: Input

    private func receive(_ input: ConversationInput) async throws {
        switch input {
        case .wake: break
        case .command(let command): try execute(command)
        case .audio(let chunk):
            let (windows, warnings) = audio.framer.push(chunk)
            for warning in warnings { outbox.put(.warning(warning)) }
            try await processWindows(windows)
        case .audioEnded(let error?): throw error
        case .audioEnded:
            try await processWindows(audio.framer.finish())
            try await endWindow()
            hasAudioEnded = true
            try handle(.audioEnded)
        }
    }

    /// Waits until something else than audio has happened.
    func receiveOtherThanAudio() async throws { try await receive(await inbox.next(acceptingAudio: false)) }

    /// Executes the commands that wait. Returns whether there were any.
    @discardableResult
    func executeCommands() throws -> Bool {
        var hasExecuted = false
        while let command = inbox.change({ $0.popCommand() }) {
            try execute(command)
            hasExecuted = true
        }
        return hasExecuted
    }

    private func execute(_ command: ConversationCommand) throws {
        executedCommandCount += 1
        switch command {
        case .commit, .clear, .change, .changeTurns: if machine.isManual, !isWithinChunk { try flush() }
        default: break
        }
        try handle(.command(command))
    }

    /// A turn that a caller ends has all the audio that came before, not only whole windows.
    private func flush() throws {
        let (windows, rest) = audio.framer.flush()
        for window in windows { try processWindow(window) }
        if !rest.isEmpty { try processWindow(rest, isPartial: true) }
    }

    private func processWindows(_ windows: [[Float]]) async throws {
        isWithinChunk = true
        defer { isWithinChunk = false }
        for (index, window) in windows.enumerated() where !outbox.isAbandoned {
            if index > 0 { try await endWindow() }
            // Other conversations may share the thread.
            if index % 8 == 7 { await Task.yield() }
            // Audio is not processed any further while the consumer takes no events.
            while !outbox.hasRoom { try await receiveOtherThanAudio() }
            try processWindow(window)
        }
    }

    /// Between a window and what follows it in the same input; ``run()`` does as much between two inputs.
    private func endWindow() async throws {
        try await tick()
        try executeCommands()
    }

    private func processWindow(_ samples: [Float], isPartial: Bool = false) throws {
        if !isPartial { windowCount += 1 }
        let played = machine.activeReply.flatMap { replies.takePlayed(samples.count, of: $0.id) }
        let isManual = machine.isManual
        var window = audio.analyze(samples, played: played, detectsSpeech: !isManual)
        window.isPartial = isPartial
        if !isManual, machine.turnMachine.phase == .hearing {
            window.mayPrepare = machine.options.mayPrepare?() ?? true
        }
        try handle(.window(window))
    }
}
