import OmniCore

/// The events of one reply between who makes them and who takes them: a pure machine, without a lock or a task.
///
/// Sound is counted: when as much as allowed was made and is not heard, there is no room for more. Text needs no bound
/// of its own, as a reply has only so many positions.
struct ReplyBuffer {
    /// What counts as heard.
    enum Hearing {
        /// What was taken.
        case taken
        /// What ``ReplyBuffer/hear(_:)`` says: a player has taken more than it has played.
        case reported
    }

    /// What a taker gets.
    enum Taken {
        case event(OmniEvent)
        /// Nothing yet.
        case nothing
        /// The end, and why.
        case end((any Error)?)
    }

    private enum Life {
        case running
        /// The maker is to stop and to say so.
        case interrupted
        /// Nobody listens any more.
        case abandoned
        /// The maker has ended.
        case ended((any Error)?)
    }

    /// How much sound may be made ahead.
    var maximumAudio: Duration
    /// Where in the sound each piece of text is spoken.
    private(set) var script = SpokenScript()
    private let hearing: Hearing
    private var life = Life.running
    private var events: [OmniEvent] = []
    private var takenCount = 0
    /// All sound that was made.
    private(set) var madeAudio: Duration = .zero
    private var heardAudio: Duration = .zero

    init(maximumAudio: Duration, hearing: Hearing = .taken) {
        self.maximumAudio = maximumAudio
        self.hearing = hearing
    }

    /// Sound that was made and is not heard yet.
    var bufferedAudio: Duration { madeAudio - heardAudio }

    /// Whether the maker is to stop.
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

    /// Whether the maker may go on; with nothing in the way it always may.
    var hasRoom: Bool { hasRoom(whenMade: madeAudio) }

    /// Whether the maker may go on once this much sound was made in all.
    func hasRoom(whenMade duration: Duration) -> Bool {
        let buffered = duration - heardAudio
        return buffered <= .zero || buffered < maximumAudio || isStopped
    }

    /// - Parameter place: where in the sound a piece of text is spoken.
    mutating func put(_ event: OmniEvent, spokenAt place: Duration = .zero) {
        switch (life, event) {
        case (.abandoned, _), (.ended, _), (.interrupted, .audio): return
        case (_, .audio(let chunk, _)): madeAudio += chunk.duration
        case (_, .text(let text, _)): script.append(text, at: place)
        default: break
        }
        events.append(event)
    }

    mutating func end(_ error: (any Error)?) {
        if case .abandoned = life { return }
        life = .ended(error)
    }

    mutating func take() -> Taken {
        guard takenCount < events.count else {
            switch life {
            case .running, .interrupted: return .nothing
            case .abandoned: return .end(nil)
            case .ended(let error):
                life = .ended(nil)
                return .end(error)
            }
        }
        let event = events[takenCount]
        takenCount += 1
        // The queue moves up when half of it is gone: each event is moved once, on average.
        if takenCount * 2 > events.count {
            events.removeFirst(takenCount)
            takenCount = 0
        }
        if case .audio(let chunk, _) = event, hearing == .taken { heardAudio += chunk.duration }
        return .event(event)
    }

    /// Whoever plays the sound has come this far.
    mutating func hear(_ duration: Duration) {
        guard hearing == .reported else { return }
        heardAudio = max(heardAudio, min(duration, madeAudio))
    }

    /// Stops the maker and drops the sound that nobody has taken yet; text stays. A reply that has ended already counts
    /// as interrupted when there is sound to be dropped.
    mutating func interrupt() {
        var droppedAny = false
        events = events[takenCount...].compactMap { event in
            switch event {
            case .audio:
                droppedAny = true
                return nil
            case .finished(var metrics, let reply) where droppedAny:
                metrics.ending = .interrupted
                return .finished(metrics, reply)
            default:
                return event
            }
        }
        takenCount = 0
        heardAudio = madeAudio
        if case .running = life { life = .interrupted }
    }

    /// Stops the maker and drops everything.
    mutating func abandon() {
        events = []
        takenCount = 0
        heardAudio = madeAudio
        life = .abandoned
    }
}
