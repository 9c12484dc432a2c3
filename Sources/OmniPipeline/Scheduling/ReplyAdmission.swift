/// Who is in, and whether one more may come: counts and estimates, without a lock.
struct ReplyAdmission {
    typealias Place = ReplySchedule.Place

    private let options: SchedulerOptions
    private var estimate = CapacityEstimate()
    private var nextIndex = 0
    /// Questions on their way to their first step, and what was computed for each so far.
    private var preparing: [Place: Duration] = [:]
    private var speaking: Set<Place> = []
    private var counts = SchedulerLoad()

    init(_ options: SchedulerOptions) { self.options = options }

    private var count: Int { preparing.count + speaking.count }

    var load: SchedulerLoad {
        var load = counts
        load.preparingCount = preparing.count
        load.speakingCount = speaking.count
        load.load = estimate.load(width: count)
        load.loadWithOneMore = estimate.load(width: count + 1)
        return load
    }

    /// What a slice and the next step take.
    var interruption: Duration { estimate.interruption(width: speaking.count) }

    mutating func admit() throws(SchedulerError) -> Place {
        guard isAllowed else {
            counts.refusedCount += 1
            throw .full(replyCount: count, retryAfter: estimate.timeToNextEnd(among: count))
        }
        defer { nextIndex += 1 }
        let place = Place(index: nextIndex)
        preparing[place] = .zero
        return place
    }

    private var isAllowed: Bool {
        guard count > 0 else { return options.maximumReplyCount != 0 }
        if let maximum = options.maximumReplyCount, count >= maximum { return false }
        if let maximum = options.maximumLoad, let load = estimate.load(width: count + 1), load > maximum {
            return false
        }
        if let maximum = options.maximumBacklog {
            return estimate.backlog(preparing: preparing.count, speaking: speaking.count) <= maximum
        }
        return true
    }

    mutating func beginSpeaking(_ place: Place) {
        guard let computed = preparing.removeValue(forKey: place) else { return }
        estimate.addPreparation(computed)
        speaking.insert(place)
    }

    mutating func leave(_ place: Place, _ metrics: ReplyMetrics?) {
        preparing[place] = nil
        speaking.remove(place)
        guard let metrics else { return }
        estimate.addReply(
            sound: metrics.audioDuration, codec: metrics.codecTime, stepCount: metrics.stepCount,
            total: metrics.totalTime)
    }

    mutating func countStep(width: Int) {
        counts.stepCount += 1
        counts.replyStepCount += width
    }

    mutating func addRound(_ duration: Duration, width: Int) { estimate.addRound(duration, width: width) }

    mutating func addSlice(_ duration: Duration, _ place: Place) {
        estimate.addSlice(duration)
        preparing[place]? += duration
    }
}
