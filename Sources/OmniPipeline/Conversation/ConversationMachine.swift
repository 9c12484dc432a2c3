import OmniCore

/// Leads a conversation: decides when a turn ends, which reply is made, made known, paused and stopped, and which turn
/// is transcribed next. A pure machine: what happens goes in, what is to be done comes out. It has no clock, no task
/// and no lock.
///
/// ```
/// none --candidate end--> prepared ---end of turn---> speaking <--> paused
///   ^                         |                           |            |
///   +---------speech----------+<------ heard to the end --+            |
///   +---------------------- interruption -----------------+------------+
/// ```
///
/// A `prepared` reply is made ahead of the end of the turn. An interrupted reply is in `stopping` until its task has
/// ended, beside the next reply; a caller can drop or interrupt a reply in each state.
struct ConversationMachine {
    /// How turns end.
    enum Turns {
        /// By silence.
        case automatic
        /// By a caller; the turn in progress begins at `start`.
        case manual(start: Int)
    }

    /// The reply in progress.
    enum Reply {
        case none
        /// It is prepared, and nothing of it was made known.
        case prepared(ReplyID, since: Duration)
        case speaking(ActiveReply)
        case paused(ActiveReply)
    }

    /// A reply that was made known.
    struct ActiveReply {
        let id: ReplyID
        var playback = PlaybackClock()
        /// Its text, and where in its audio.
        var script = SpokenScript()
        /// Audio that was made known.
        var announced: Duration = .zero
        /// Whether all of it was made known.
        var hasEnded = false

        /// Whether there is nothing left to hear.
        var isHeard: Bool { hasEnded && playback.heard >= announced }
    }

    /// As much of a turn that a caller ends as is kept for a transcriber.
    private static let maximumRecordingSeconds = 600

    var options: ConversationOptions
    let canDetect: Bool
    private let hasTranscriber: Bool
    private let sampleRate: Int
    private let windowDuration: Duration
    /// Whose turn it is; with turns that a caller ends, only the position in the audio.
    var turnMachine: TurnMachine
    var turns = Turns.automatic
    var reply = Reply.none
    /// Replies that were stopped and have not said their last word.
    var stopping: [ReplyID] = []
    /// The reply that was stopped or heard last.
    var lastReply: ActiveReply?
    /// The turn in progress.
    var currentTurn: TurnID?
    /// The turn that ended last.
    var lastTurn: TurnID?
    var transcripts = TranscriptQueue()
    var metrics = ConversationMetrics()
    var mayPrepare = true
    private var (turnCount, replyCount) = (0, 0)

    /// - Parameters:
    ///   - windowSampleCount: samples in a window.
    ///   - sampleRate: of the windows, in Hz.
    ///   - canDetect: whether there is a voice activity model.
    ///   - hasTranscriber: whether the pipeline has a transcriber.
    init(
        _ options: ConversationOptions, windowSampleCount: Int, sampleRate: Int, canDetect: Bool,
        hasTranscriber: Bool = false
    ) {
        self.options = options
        self.canDetect = canDetect
        self.hasTranscriber = hasTranscriber
        self.sampleRate = sampleRate
        windowDuration = .seconds(Double(windowSampleCount) / Double(sampleRate))
        turnMachine = TurnMachine(
            options.turns ?? TurnSettings(), windowSampleCount: windowSampleCount, sampleRate: sampleRate)
        if options.turns == nil { turns = .manual(start: 0) }
    }

    /// Takes what happens.
    ///
    /// - Parameter now: when, from any beginning.
    mutating func handle(_ input: Input, at now: Duration) -> [Action] {
        switch input {
        case .window(let window): processWindow(window, at: now)
        case .audioEnded: isManual ? [] : perform(turnMachine.finish(), at: now)
        case .command(let command): execute(command, at: now)
        case .playback(let id, let clock):
            changeActiveReply(id) { $0.playback = clock }
        case .reply(let id, let piece): takePiece(piece, of: id)
        case .transcript(let piece): transcripts.take(piece)
        case .turnEndJudged(let audio, let probability):
            perform(turnMachine.judge(audio, turnEndProbability: probability), at: now)
        case .preparationFailed(let id): dropFailedPreparation(id)
        case .settle: startTranscript() + finishReply(at: now)
        }
    }

    // MARK: State

    var isManual: Bool { if case .manual = turns { true } else { false } }

    /// The reply that was made known and is not over.
    var activeReply: ActiveReply? {
        switch reply {
        case .speaking(let active), .paused(let active): active
        case .none, .prepared: nil
        }
    }

    /// The reply that is prepared.
    var preparedReply: ReplyID? { if case .prepared(let id, _) = reply { id } else { nil } }

    /// Whether a transcriber writes turns down; otherwise, where ``ConversationOptions/transcribes`` is set, the
    /// language model does.
    var usesTranscriber: Bool { options.transcribes && (hasTranscriber || options.transcriber != nil) }

    var isPaused: Bool { if case .paused = reply { true } else { false } }

    /// Whether nothing more comes by itself.
    var isIdle: Bool {
        guard case .none = reply else { return false }
        return stopping.isEmpty && transcripts.isEmpty
    }

    /// What can become known, in the order in which it is taken: a reply that was stopped has its last word before the
    /// next one has its first.
    var sources: [ReplayTrace.Source] {
        var sources = stopping.map { ReplayTrace.Source.reply($0.index) }
        if let activeReply { sources.append(.reply(activeReply.id.index)) }
        if let turn = transcripts.current { sources.append(.transcript(turn.index)) }
        return sources
    }

    /// Whether the question of a turn may still be asked for.
    func needs(_ turn: TurnID) -> Bool {
        turn == lastTurn || turn == currentTurn || transcripts.contains(turn)
    }

    mutating func makeTurn() -> TurnID {
        defer { turnCount += 1 }
        return TurnID(index: turnCount)
    }

    mutating func makeReply() -> ReplyID {
        defer { replyCount += 1 }
        return ReplyID(index: replyCount)
    }

    /// Where in the audio a sample lies.
    func place(of sample: Int) -> Duration { .seconds(Double(sample) / Double(sampleRate)) }

    // MARK: Audio

    private mutating func processWindow(_ window: Window, at now: Duration) -> [Action] {
        let place = metrics.duration
        metrics.duration += window.isPartial ? self.place(of: window.sampleCount) : windowDuration
        mayPrepare = window.mayPrepare
        var actions: [Action] = []
        if case .manual(let start) = turns {
            turnMachine.skip(window.sampleCount)
            // A transcriber takes the whole turn when it is over; the encoder has all of it already.
            let (end, limit) = (turnMachine.position, Self.maximumRecordingSeconds * sampleRate)
            actions.append(.advance(turn: start..<end, keepingFrom: usesTranscriber ? max(start, end - limit) : end))
        } else {
            actions += perform(turnMachine.push(window.isEcho ? 0 : window.probability ?? 0), at: now)
            actions.append(.advance(turn: turnMachine.audio, keepingFrom: turnMachine.earliestAudioStart))
        }
        guard options.reportsWindows, !window.isPartial else { return actions }
        let report = WindowReport(
            place: place, level: window.level, probability: isManual ? nil : window.probability,
            isEcho: window.isEcho, phase: isManual ? nil : turnMachine.phase)
        return actions + [.emit(.window(report))]
    }
}

/// What goes into the machine, and what comes out.
extension ConversationMachine {
    /// What happens.
    enum Input {
        case window(Window)
        case audioEnded
        case command(ConversationCommand)
        /// How much of the reply in progress has been delivered and heard.
        case playback(ReplyID, PlaybackClock)
        /// The next piece of a reply.
        case reply(ReplyID, ReplyBuffer.Output)
        /// The next piece of the transcript in progress.
        case transcript(ReplyBuffer.Output)
        /// How probably the turn with this audio is over; `nil` when there is no judgement.
        case turnEndJudged(Range<Int>, probability: Float?)
        /// A reply that was prepared could not be made.
        case preparationFailed(ReplyID)
        /// Everything is known that can be known for now.
        case settle
    }

    /// One window of audio, after echo cancellation.
    struct Window {
        var sampleCount: Int
        /// Root mean square.
        var level: Float
        /// How likely it is speech; `nil` without a detector.
        var probability: Float?
        var isEcho = false
        /// Whether a reply may be prepared now.
        var mayPrepare = true
        /// Whether it is shorter than the others, and ends where a caller ended a turn.
        var isPartial = false
    }

    /// What is to be done.
    enum Action {
        case emit(ConversationEvent)
        /// Pass on to the encoder what it does not have yet of these samples.
        case encode(Range<Int>)
        /// The same at the end of a window, of the turn in progress. Audio before `keepingFrom` is not needed any more.
        case advance(turn: Range<Int>?, keepingFrom: Int)
        /// Ask the model whether a turn with this audio is over, after all other actions.
        case judgeTurnEnd(Range<Int>)
        case dropUtterance
        /// The utterance in progress is the question of a turn.
        case keepUtterance(TurnID)
        /// Recorded audio is the question of a turn.
        case keepAudio(AudioChunk, TurnID)
        case begin(ReplyID, ReplyPlan)
        /// Let a prepared reply be made this far ahead of what is heard.
        case allow(ReplyID, Duration)
        case pause(ReplyID)
        case resume(ReplyID)
        /// Stop a reply, and drop what was not taken of it.
        case interrupt(ReplyID)
        /// No event of this reply is wanted any more.
        case release(ReplyID)
        case transcribe(TurnID)
        /// Transcribe the turn in progress while it is spoken.
        case beginTranscript
        /// The turn that is transcribed while it is spoken has ended.
        case endTranscript
        /// The turn that is transcribed while it is spoken was none.
        case dropTranscript
    }

    /// A reply to be made.
    struct ReplyPlan {
        enum Question {
            case turn(TurnID)
            case speech(AudioChunk)
            case text(String)
        }

        var question: Question
        var mode: ReplyMode?
        var generation: GenerationOptions
        var runAhead: Duration
    }
}

/// What callers want.
extension ConversationMachine {
    mutating func execute(_ command: ConversationCommand, at now: Duration) -> [Action] {
        switch command {
        case .commit: isManual ? endManualTurn(at: now) : perform(turnMachine.commit(), at: now)
        case .commitAudio(let audio): endRecordedTurn(audio)
        case .clear: clear(at: now) + [.emit(.cleared)]
        case .respond(let request): respond(to: request, at: now)
        case .interrupt:
            activeReply == nil ? [] : interruptReply(speech: nil) + freeTurn(at: now)
        case .truncate(let id, let heard): truncate(id, heard: heard, at: now)
        case .change(let options): changeOptions(to: options, at: now)
        case .changeTurns(let turns): changeTurns(to: turns, at: now)
        }
    }

    private mutating func clear(at now: Duration) -> [Action] {
        if isManual { turns = .manual(start: turnMachine.position) }
        return [.dropUtterance] + perform(turnMachine.clear(), at: now)
    }

    /// The speaker may have the turn: no reply is in progress.
    mutating func freeTurn(at now: Duration) -> [Action] {
        isManual ? [] : perform(turnMachine.replyFinished(), at: now)
    }

    private mutating func changeTurns(to turns: TurnSettings?, at now: Duration) -> [Action] {
        var new = options
        new.turns = turns
        return changeOptions(to: new, at: now)
    }

    /// Goes on with other options.
    private mutating func changeOptions(to new: ConversationOptions, at now: Duration) -> [Action] {
        guard new.turns == nil || canDetect else { return [.emit(.warning(.noVoiceActivity))] }
        var actions: [Action] = []
        if (new.turns == nil) != isManual {
            actions += clear(at: now)
            // From now on speech over the reply in progress can stop it, or no more.
            let isReplying = new.turns != nil && activeReply != nil
            actions += perform(isReplying ? turnMachine.replyStarted() : turnMachine.replyFinished(), at: now)
            if new.turns == nil { actions += resumeReply() }
            turns = new.turns == nil ? .manual(start: turnMachine.position) : .automatic
        }
        let old = options
        options = new
        (options.echo, options.pace, options.playback) = (old.echo, old.pace, old.playback)
        (options.voiceActivity, options.onReplayEntry) = (old.voiceActivity, old.onReplayEntry)
        if let settings = new.turns { actions += perform(turnMachine.change(settings), at: now) }
        // What is prepared would be another reply now.
        if !new.respondsToTurns || new.mode != old.mode || new.generation != old.generation {
            actions += dropPreparation()
        }
        return actions
    }
}
