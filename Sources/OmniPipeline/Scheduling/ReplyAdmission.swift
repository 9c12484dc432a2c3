import OmniCore

/// Who is in, and whether one more may come: counts and estimates, without a lock.
///
/// A spoken answer has a listener who must be kept supplied: it needs a part of all time until its end. One that is
/// only written takes what the listeners leave: it is a piece of work that others may have to wait for, like the
/// reading of a question.
struct ReplyAdmission {
    typealias Place = ReplySchedule.Place

    /// A question on its way to its first step.
    private struct Preparation {
        let isSpoken: Bool
        /// What was computed for it so far.
        var computed = Duration.zero
    }

    private let options: SchedulerOptions
    private var estimate = CapacityEstimate()
    private var nextIndex = 0
    private var preparing: [Place: Preparation] = [:]
    private var speaking: Set<Place> = []
    private var writing: Set<Place> = []
    private var counts = SchedulerLoad()

    init(_ options: SchedulerOptions) { self.options = options }

    private var count: Int { preparing.count + speaking.count + writing.count }

    /// Answers that somebody listens to, or will.
    private var spokenCount: Int { speaking.count + preparing.values.count(where: \.isSpoken) }

    var load: SchedulerLoad {
        var load = counts
        load.preparingCount = preparing.count
        load.speakingCount = speaking.count
        load.writingCount = writing.count
        load.load = estimate.load(width: spokenCount)
        load.loadWithOneMore = estimate.load(width: spokenCount + 1)
        return load
    }

    /// What a slice and the next step take.
    var interruption: Duration { estimate.interruption(width: speaking.count + writing.count) }

    mutating func admit(_ mode: ReplyMode) throws(SchedulerError) -> Place {
        guard isAllowed(isSpoken: mode.speaks) else {
            counts.refusedCount += 1
            throw .full(replyCount: count, retryAfter: estimate.timeToNextEnd(among: count))
        }
        defer { nextIndex += 1 }
        let place = Place(index: nextIndex)
        preparing[place] = Preparation(isSpoken: mode.speaks)
        return place
    }

    private func isAllowed(isSpoken: Bool) -> Bool {
        guard count > 0 else { return options.maximumReplyCount != 0 }
        if let maximum = options.maximumReplyCount, count >= maximum { return false }
        if isSpoken, spokenCount > 0, let maximum = options.maximumLoad,
            let load = estimate.load(width: spokenCount + 1), load > maximum
        {
            return false
        }
        guard let maximum = options.maximumBacklog else { return true }
        // A listener's steps do not wait for what is only written; what is written waits for both.
        let backlog = estimate.backlog(
            preparing: preparing.count, writing: isSpoken ? 0 : count - spokenCount, speaking: speaking.count)
        return backlog <= maximum
    }

    mutating func beginSteps(_ place: Place) {
        guard let preparation = preparing.removeValue(forKey: place) else { return }
        estimate.addPreparation(preparation.computed)
        if preparation.isSpoken { speaking.insert(place) } else { writing.insert(place) }
    }

    mutating func leave(_ place: Place, _ metrics: ReplyMetrics?) {
        preparing[place] = nil
        speaking.remove(place)
        writing.remove(place)
        guard let metrics else { return }
        estimate.addReply(
            sound: metrics.audioDuration, codec: metrics.codecTime, stepCount: metrics.stepCount,
            total: metrics.totalTime)
        if !metrics.mode.speaks { estimate.addWritten(stepCount: metrics.stepCount) }
    }

    mutating func countStep(width: Int) {
        counts.stepCount += 1
        counts.replyStepCount += width
    }

    mutating func addRound(_ duration: Duration, width: Int) { estimate.addRound(duration, width: width) }

    mutating func addSlice(_ duration: Duration, _ place: Place) {
        estimate.addSlice(duration)
        preparing[place]?.computed += duration
    }
}
