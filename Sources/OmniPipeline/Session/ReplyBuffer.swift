import OmniCore

/// The events of one reply between who makes them and who takes them: a pure machine, without a lock or a task.
///
/// Sound is counted: when as much as allowed waits to be taken, there is no room for more. Text needs no bound of its
/// own, as a reply has only so many positions.
struct ReplyBuffer {
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

    private let maximumAudio: Duration
    private var life = Life.running
    private var events: [OmniEvent] = []
    private var takenCount = 0
    private(set) var bufferedAudio: Duration = .zero

    init(maximumAudio: Duration) { self.maximumAudio = maximumAudio }

    /// Whether the maker is to stop.
    var isStopped: Bool {
        switch life {
        case .interrupted, .abandoned: true
        case .running, .ended: false
        }
    }

    /// Whether the maker may go on; with nothing in the way it always may.
    var hasRoom: Bool { bufferedAudio <= .zero || bufferedAudio < maximumAudio || isStopped }

    mutating func put(_ event: OmniEvent) {
        switch (life, event) {
        case (.abandoned, _), (.ended, _), (.interrupted, .audio): return
        case (_, .audio(let chunk, _)): bufferedAudio += chunk.duration
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
        if case .audio(let chunk, _) = event { bufferedAudio -= chunk.duration }
        return .event(event)
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
        bufferedAudio = .zero
        if case .running = life { life = .interrupted }
    }

    /// Stops the maker and drops everything.
    mutating func abandon() {
        events = []
        takenCount = 0
        bufferedAudio = .zero
        life = .abandoned
    }
}
