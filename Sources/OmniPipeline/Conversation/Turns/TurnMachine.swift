/// Decides whose turn it is. A pure machine: probabilities of speech go in, one for each window of audio, and what is
/// to be done comes out. It has no clock, no task and no lock; a timeline as a string tests it.
///
/// ```
/// listening --speech--> hearing --silence--> candidate --more silence--> replying --reply over--> listening
///                          ^                     |                          |
///                          +------speech---------+<------ interruption -----+
/// ```
///
/// With ``TurnSettings/semantic`` a model judges each candidate end: a finished turn ends there, an unfinished one has
/// longer to go on. No reply is prepared ahead then. Without a judgement silence decides.
public struct TurnMachine: Sendable {
    /// Whose turn it is.
    public enum Phase: Sendable, Hashable {
        /// The speaker is silent.
        case listening
        /// The speaker speaks.
        case hearing
        /// The speaker fell silent, perhaps for good; a reply is being prepared.
        case candidate
        /// The turn is over; the reply is being made or heard.
        case replying
        /// The speaker speaks over the reply, which pauses.
        case contested
    }

    /// Speech that began at `start` and was last heard at `end`, padding not counted.
    private struct Speech: Sendable {
        var start: Int
        var end: Int
    }

    /// What is known of a candidate end.
    private enum Judgement {
        /// Nothing is asked, or the model has no judgement.
        case none
        /// The model is asked.
        case pending
        /// The speaker is likely to go on.
        case unfinished
    }

    /// Whose turn it is.
    public private(set) var phase = Phase.listening
    /// Samples seen so far.
    public private(set) var position = 0

    private var limits: TurnLimits
    private let windowSampleCount: Int
    private let sampleRate: Int
    private var speech: Speech?
    private var judgement = Judgement.none
    /// Whether a reply to the turn in progress is being prepared.
    private var isPreparing = false
    /// Where the audio of the last turn ended: padding does not reach back beyond it.
    private var earliestStart = 0

    /// A machine at sample 0.
    ///
    /// - Parameters:
    ///   - settings: when turns begin and end.
    ///   - windowSampleCount: samples in a window of the voice activity model.
    ///   - sampleRate: of that model, in Hz.
    public init(_ settings: TurnSettings, windowSampleCount: Int, sampleRate: Int) {
        precondition(windowSampleCount > 0 && sampleRate > 0, "\(windowSampleCount) samples at \(sampleRate) Hz")
        limits = TurnLimits(settings, sampleRate: sampleRate)
        self.windowSampleCount = windowSampleCount
        self.sampleRate = sampleRate
    }

    /// The audio of the turn in progress, as it would be if the turn ended now; `nil` when the speaker does not have
    /// the turn. It only ever grows, and is what a ``TurnAction/prepareReply(_:)`` or a ``TurnAction/commit(_:)`` says.
    public var audio: Range<Int>? {
        guard phase == .hearing || phase == .candidate else { return nil }
        return speech.map(audio(of:))
    }

    /// The first sample that a turn may still begin at, or has begun at.
    package var earliestAudioStart: Int { padded(speech?.start ?? position) }

    /// Takes the probability of speech in the next window. A probability that is not a number counts as silence.
    public mutating func push(_ probability: Float) -> [TurnAction] {
        let window = position..<(position + windowSampleCount)
        position = window.upperBound
        let isSpeech = probability >= (speech == nil ? limits.threshold : limits.releaseThreshold)
        switch phase {
        case .listening, .hearing, .candidate: return isSpeech ? hear(window) : fallSilent()
        case .replying, .contested:
            guard limits.interruptsReply else { return [] }
            return isSpeech ? contest(window) : stopContesting()
        }
    }

    /// Takes a model's judgement of ``TurnAction/judgeTurnEnd(_:)``. One that comes after the speaker has gone on, or
    /// after the turn has ended, changes nothing.
    ///
    /// - Parameters:
    ///   - audio: what was judged.
    ///   - probability: how probably the turn is over; `nil` when there is no judgement.
    public mutating func judge(_ audio: Range<Int>, turnEndProbability probability: Float?) -> [TurnAction] {
        guard phase == .candidate, judgement == .pending, audio == self.audio, let semantic = limits.semantic else {
            return []
        }
        guard let probability, !probability.isNaN else {
            judgement = .none
            return []
        }
        if probability >= semantic.threshold { return endTurn() }
        judgement = .unfinished
        return []
    }

    /// The reply has been made and heard, or could not be made.
    public mutating func replyFinished() -> [TurnAction] {
        guard phase == .replying || phase == .contested else { return [] }
        phase = .listening
        guard let speech else { return [] }
        // Speech that began over the end of the reply is a turn of its own.
        phase = .hearing
        return [.speechStarted(sample: padded(speech.start))]
    }

    /// There is no more audio: what was said so far is the turn. Speech over a reply is none: no more of it comes.
    public mutating func finish() -> [TurnAction] {
        switch phase {
        case .listening: return []
        case .replying, .contested: return stopContesting(atOnce: true)
        case .hearing, .candidate: return endTurn()
        }
    }

    // MARK: By a caller

    /// Lets samples pass in which no speech is looked for.
    package mutating func skip(_ sampleCount: Int) { position += sampleCount }

    /// Other rules from here on. A reply that speech may no longer interrupt goes on.
    package mutating func change(_ settings: TurnSettings) -> [TurnAction] {
        limits = TurnLimits(settings, sampleRate: sampleRate)
        guard phase == .replying || phase == .contested, !limits.interruptsReply else { return [] }
        return stopContesting(atOnce: true)
    }

    /// Ends the turn in progress here, however short it was.
    package mutating func commit() -> [TurnAction] {
        guard audio != nil else { return [] }
        return endTurn(requiringLength: false)
    }

    /// Forgets the turn in progress, speech over a reply, and what came before.
    package mutating func clear() -> [TurnAction] {
        defer { earliestStart = position }
        switch phase {
        case .listening: return []
        case .hearing, .candidate: return dropTurn()
        case .replying, .contested: return stopContesting(atOnce: true)
        }
    }

    /// A reply begins that no turn has asked for. A turn in progress is dropped; if its speaker goes on, that is
    /// speech over the reply, where such speech may interrupt it.
    package mutating func replyStarted() -> [TurnAction] {
        let speech = limits.interruptsReply ? speech : nil
        let actions = phase == .hearing || phase == .candidate ? dropTurn() : []
        self.speech = speech
        phase = .replying
        return actions
    }

    private mutating func dropTurn() -> [TurnAction] {
        let actions = dropPreparedReply() + [.speechDropped]
        judgement = .none
        speech = nil
        phase = .listening
        return actions
    }

    // MARK: A turn

    private mutating func hear(_ window: Range<Int>) -> [TurnAction] {
        var actions: [TurnAction] = []
        var heard = speech ?? Speech(start: window.lowerBound, end: window.upperBound)
        heard.end = window.upperBound
        if speech == nil { actions.append(.speechStarted(sample: padded(heard.start))) }
        actions += dropPreparedReply()
        judgement = .none
        speech = heard
        phase = .hearing
        return isOverlong(heard) ? actions + endTurn() : actions
    }

    private mutating func fallSilent() -> [TurnAction] {
        guard let speech else { return [] }
        let silence = position - speech.end
        if silence >= endSilence || isOverlong(speech) { return endTurn() }
        guard phase == .hearing, let candidate = limits.candidateSilence, silence >= candidate, isLongEnough(speech)
        else { return [] }
        phase = .candidate
        if limits.semantic != nil {
            judgement = .pending
            return [.judgeTurnEnd(audio(of: speech))]
        }
        isPreparing = true
        return [.prepareReply(audio(of: speech))]
    }

    /// Silence that ends the turn in progress.
    private var endSilence: Int { judgement == .unfinished ? limits.unfinishedSilence : limits.silence }

    private mutating func dropPreparedReply() -> [TurnAction] {
        defer { isPreparing = false }
        return isPreparing ? [.dropPreparedReply] : []
    }

    private mutating func endTurn(requiringLength: Bool = true) -> [TurnAction] {
        guard let speech else { return [] }
        guard isLongEnough(speech) || !requiringLength else { return dropTurn() }
        self.speech = nil
        judgement = .none
        isPreparing = false
        let audio = audio(of: speech)
        earliestStart = audio.upperBound
        phase = .replying
        return [.commit(audio)]
    }

    // MARK: Over a reply

    private mutating func contest(_ window: Range<Int>) -> [TurnAction] {
        var contested = speech ?? Speech(start: window.lowerBound, end: window.upperBound)
        contested.end = window.upperBound
        speech = contested
        let length = contested.end - contested.start
        var actions: [TurnAction] = []
        if phase == .replying, length >= limits.minimumInterruption {
            phase = .contested
            actions.append(.pauseReply(sample: contested.start))
        }
        if phase == .contested, length >= limits.backchannelTolerance {
            phase = .hearing
            actions += [
                .interruptReply(sample: contested.start), .speechStarted(sample: padded(contested.start)),
            ]
        }
        return actions
    }

    private mutating func stopContesting(atOnce: Bool = false) -> [TurnAction] {
        guard let speech, atOnce || position - speech.end >= limits.suffix else { return [] }
        self.speech = nil
        guard phase == .contested else { return [] }
        phase = .replying
        return [.resumeReply]
    }

    // MARK: Places

    private func padded(_ start: Int) -> Int { max(start - limits.prefixPadding, earliestStart) }

    /// The turn's audio, the same at the candidate end and at the end.
    private func audio(of speech: Speech) -> Range<Int> {
        let start = padded(speech.start)
        return start..<max(min(speech.end + limits.suffix, position), start)
    }

    private func isOverlong(_ speech: Speech) -> Bool { position - padded(speech.start) >= limits.maximumTurn }

    private func isLongEnough(_ speech: Speech) -> Bool { speech.end - speech.start >= limits.minimumSpeech }
}
