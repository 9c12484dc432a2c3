import OmniCore

/// Decides whether one more reply is admitted: counts and estimates, without a lock.
///
/// A spoken reply has a listener who must be kept supplied: it needs a part of all time until its end. One that is only
/// written takes what the listeners leave: it is a piece of work that other replies may have to wait for, like a
/// prefill.
struct AdmissionControl {
    /// A question on its way to its first step.
    private struct Preparation {
        let isSpoken: Bool
        /// What was computed for it so far.
        var computed = Duration.zero
    }

    private let options: SchedulerOptions
    private var estimate = CapacityEstimate()
    private var nextIndex = 0
    private var preparing: [SequenceID: Preparation] = [:]
    private var speaking: Set<SequenceID> = []
    private var writing: Set<SequenceID> = []
    private var counts = SchedulerLoad()

    init(_ options: SchedulerOptions) { self.options = options }

    private var count: Int { preparing.count + speaking.count + writing.count }

    /// Replies that have a listener, or will.
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

    /// What a prefill chunk and the next step take.
    var interruption: Duration { estimate.interruption(width: speaking.count + writing.count) }

    mutating func admit(_ mode: ReplyMode) throws(SchedulerError) -> SequenceID {
        guard isAllowed(isSpoken: mode.speaks) else {
            counts.refusedCount += 1
            throw .full(replyCount: count, retryAfter: estimate.timeToNextEnd(among: count))
        }
        defer { nextIndex += 1 }
        let sequence = SequenceID(index: nextIndex)
        preparing[sequence] = Preparation(isSpoken: mode.speaks)
        return sequence
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

    mutating func beginSteps(_ sequence: SequenceID) {
        guard let preparation = preparing.removeValue(forKey: sequence) else { return }
        estimate.addPreparation(preparation.computed)
        if preparation.isSpoken { speaking.insert(sequence) } else { writing.insert(sequence) }
    }

    mutating func leave(_ sequence: SequenceID, _ metrics: ReplyMetrics?) {
        preparing[sequence] = nil
        speaking.remove(sequence)
        writing.remove(sequence)
        guard let metrics else { return }
        estimate.addReply(
            audio: metrics.audioDuration, codec: metrics.codecTime, stepCount: metrics.stepCount,
            total: metrics.totalTime)
        if !metrics.mode.speaks { estimate.addWritten(stepCount: metrics.stepCount) }
    }

    mutating func countStep(width: Int) {
        counts.stepCount += 1
        counts.replyStepCount += width
    }

    mutating func addRound(_ duration: Duration, width: Int) { estimate.addRound(duration, width: width) }

    /// - Parameter sequence: whose chunk it was. One that has left may have stopped instead of computing it.
    mutating func addPrefillChunk(_ duration: Duration, _ sequence: SequenceID) {
        guard preparing[sequence] != nil || speaking.contains(sequence) || writing.contains(sequence) else { return }
        estimate.addPrefillChunk(duration)
        preparing[sequence]?.computed += duration
    }
}

/// What replies that share a thread have lately cost, and from that how many more it bears. Pure arithmetic on
/// measured times.
struct CapacityEstimate {
    /// How fast old measurements are forgotten.
    private static let weight = 0.15

    /// A mean that follows its values.
    struct Mean {
        private(set) var value: Double?

        mutating func add(_ new: Double) {
            value = value.map { $0 + (new - $0) * CapacityEstimate.weight } ?? new
        }
    }

    /// Seconds from one step to the next with so many replies in each, everything between the steps included.
    private var roundSeconds: [Int: Mean] = [:]
    /// Seconds of audio that a step gives.
    private var audioSeconds = Mean()
    /// Seconds in the codec for each step of one reply.
    private var codecSeconds = Mean()
    private var chunkSeconds = Mean()
    /// Seconds of computing until a question is read.
    private var preparationSeconds = Mean()
    /// Steps of a reply without audio.
    private var writtenSteps = Mean()
    /// Seconds from a question to the end of its reply.
    private var replySeconds = Mean()

    mutating func addRound(_ duration: Duration, width: Int) {
        roundSeconds[width, default: Mean()].add(duration.inSeconds)
    }

    mutating func addPrefillChunk(_ duration: Duration) { chunkSeconds.add(duration.inSeconds) }

    mutating func addPreparation(_ duration: Duration) { preparationSeconds.add(duration.inSeconds) }

    /// - Parameters:
    ///   - audio: how long the reply lasts.
    ///   - codec: how long the codec took for it.
    ///   - stepCount: steps it took.
    ///   - total: from the question to its end.
    mutating func addReply(audio: Duration, codec: Duration, stepCount: Int, total: Duration) {
        replySeconds.add(total.inSeconds)
        guard stepCount >= 20, audio > .zero else { return }
        audioSeconds.add(audio.inSeconds / Double(stepCount))
        codecSeconds.add(codec.inSeconds / Double(stepCount))
    }

    /// A reply without audio took so many steps.
    mutating func addWritten(stepCount: Int) { writtenSteps.add(Double(stepCount)) }

    /// What a prefill chunk and the next step of `width` replies take, a little more than on average.
    func interruption(width: Int) -> Duration {
        .seconds(1.5 * (chunkSeconds.value ?? 0.05) + (round(width: max(width, 1)) ?? 0.05))
    }

    /// Seconds from step to step with `width` replies. Between measured widths and beyond them every reply is counted
    /// as half of the first one, which is more than it costs an engine that reads its weights once for all.
    private func round(width: Int) -> Double? {
        guard let known = roundSeconds[width]?.value else {
            guard let nearest = roundSeconds.keys.min(by: { (abs($0 - width), $0) < (abs($1 - width), $1) }),
                let known = round(width: nearest)
            else { return nil }
            return known * Double(width + 1) / Double(nearest + 1)
        }
        // A step costs no more than several narrower ones. Without this, one bad measurement would last: no further
        // reply would be admitted, and so that width would not be measured again.
        guard let narrower = roundSeconds.keys.filter({ $0 < width }).max(), let bound = round(width: narrower) else {
            return known
        }
        return min(known, bound * Double(width) / Double(narrower))
    }

    /// The part of the time that `width` replies at once take to keep their listeners supplied: beyond 1 a
    /// listener's audio runs out. `nil` before anything was measured.
    ///
    /// One thread makes all audio, at best beside the steps: whichever of both takes longer counts.
    func load(width: Int) -> Double? {
        guard width > 0 else { return 0 }
        guard let round = round(width: width), let audio = audioSeconds.value else { return nil }
        return max(round, Double(width) * (codecSeconds.value ?? 0)) / audio
    }

    /// How long the work takes that a new question waits for, in the time that listeners leave.
    ///
    /// - Parameters:
    ///   - preparing: questions that are being read.
    ///   - writing: replies without audio, which all step together.
    ///   - speaking: replies that have a listener.
    func backlog(preparing: Int, writing: Int, speaking: Int) -> Duration {
        let free = max(1 - (load(width: speaking) ?? 0), 0.05)
        let reading = Double(preparing) * (preparationSeconds.value ?? 0)
        let steps = writing > 0 ? (writtenSteps.value ?? 0) * (round(width: writing) ?? 0) : 0
        return .seconds((reading + steps) / free)
    }

    /// When one of `count` replies will probably have ended.
    func timeToNextEnd(among count: Int) -> Duration {
        .seconds((replySeconds.value ?? 2) / Double(max(count, 1)))
    }
}
