import OmniCore

/// The events of one reply between the task that makes them and the consumer: a pure machine.
///
/// Audio is counted: when as much as allowed was made and is not heard, there is no room for more. Text needs no bound
/// of its own, as a reply has only so many positions.
struct ReplyBuffer: MailboxContent {
    /// What counts as heard.
    enum Playback {
        /// What was taken.
        case taken
        /// What ``ReplyBuffer/hear(_:)`` says: a player has taken more than it has played.
        case reported
    }

    /// What the consumer receives.
    enum Output {
        /// An event, and for text where in the audio it is spoken.
        case event(OmniEvent, spokenAt: Duration)
        /// The end, and why.
        case end((any Error)?)
    }

    private enum Life {
        case running
        /// The reply task is to stop and to say so.
        case interrupted
        /// The consumer has left.
        case abandoned
        /// The reply task has ended.
        case ended((any Error)?)
    }

    /// How much audio may be made ahead.
    var maximumAudio: Duration
    private let playback: Playback
    private var life = Life.running
    private var events = Queue<(event: OmniEvent, place: Duration)>()
    /// All audio that was made.
    private(set) var madeAudio: Duration = .zero
    private var heardAudio: Duration = .zero

    init(maximumAudio: Duration, playback: Playback = .taken) {
        self.maximumAudio = maximumAudio
        self.playback = playback
    }

    /// Audio that was made and is not heard yet.
    var bufferedAudio: Duration { madeAudio - heardAudio }

    /// Whether the reply task is to stop.
    var isStopped: Bool {
        switch life {
        case .interrupted, .abandoned: true
        case .running, .ended: false
        }
    }

    /// Whether nothing more comes, but for what waits to be taken.
    var hasEnded: Bool {
        switch life {
        case .running, .interrupted: false
        case .abandoned, .ended: true
        }
    }

    /// Whether the reply task ended with an error that the consumer has not taken.
    var hasFailed: Bool { if case .ended(_?) = life { true } else { false } }

    /// Whether the reply task may continue; with nothing in the way it always may.
    var hasRoom: Bool { hasRoom(whenMade: madeAudio) }

    /// Whether the reply task may continue once this much audio was made in all.
    func hasRoom(whenMade duration: Duration) -> Bool {
        let buffered = duration - heardAudio
        return buffered <= .zero || buffered < maximumAudio || isStopped
    }

    /// - Parameter place: where in the audio a piece of text is spoken.
    mutating func put(_ event: OmniEvent, spokenAt place: Duration = .zero) {
        switch (life, event) {
        case (.abandoned, _), (.ended, _), (.interrupted, .audio): return
        case (_, .audio(let chunk)): madeAudio += chunk.duration
        default: break
        }
        events.append((event, place))
    }

    mutating func end(_ error: (any Error)?) {
        if case .abandoned = life { return }
        life = .ended(error)
    }

    mutating func take() -> Output? {
        guard let (event, place) = events.popFirst() else {
            switch life {
            case .running, .interrupted: return nil
            case .abandoned: return .end(nil)
            case .ended(let error):
                life = .ended(nil)
                return .end(error)
            }
        }
        if case .audio(let chunk) = event, playback == .taken { heardAudio += chunk.duration }
        return .event(event, spokenAt: place)
    }

    /// The player has played this much.
    mutating func hear(_ duration: Duration) {
        guard playback == .reported else { return }
        heardAudio = max(heardAudio, min(duration, madeAudio))
    }

    /// Stops the reply task and drops the audio that was not taken yet; text stays. A reply that has ended already
    /// counts as interrupted when there is audio to be dropped.
    mutating func interrupt() {
        var droppedAny = false
        events.replaceAll { (event, place) in
            switch event {
            case .audio:
                droppedAny = true
                return nil
            case .finished(var metrics) where droppedAny:
                metrics.ending = .interrupted
                return (.finished(metrics), place)
            default:
                return (event, place)
            }
        }
        heardAudio = madeAudio
        if case .running = life { life = .interrupted }
    }

    /// Stops the reply task and drops everything.
    mutating func abandon() {
        events = Queue()
        heardAudio = madeAudio
        life = .abandoned
    }
}
