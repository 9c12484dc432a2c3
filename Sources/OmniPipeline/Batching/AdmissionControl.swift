import OmniCore

/// Decides whether one more reply is admitted: counts and estimates, without a lock.
///
/// A spoken reply has a listener who must be kept supplied: it needs a part of all time until its end. One that is only
/// written takes what the listeners leave: it is a piece of work that other replies may have to wait for, like a
/// prefill.
struct AdmissionControl {
    /// A question on its way to its first step.
    private struct Prefill {
        let isSpoken: Bool
        /// What was computed for it so far.
        var computed = Duration.zero
    }

    private let options: SchedulerOptions
    /// What replies have lately cost.
    private(set) var estimate: CapacityEstimate
    private var nextIndex = 0
    private var prefilling: [SequenceID: Prefill] = [:]
    private var speaking: Set<SequenceID> = []
    private var writing: Set<SequenceID> = []
    private var counts = SchedulerLoad()

    init(_ options: SchedulerOptions, estimate: CapacityEstimate = CapacityEstimate()) {
        self.options = options
        self.estimate = estimate
    }

    private var count: Int { prefilling.count + speaking.count + writing.count }

    /// Replies that have a listener, or will.
    private var spokenCount: Int { speaking.count + prefilling.values.count(where: \.isSpoken) }

    var load: SchedulerLoad {
        var load = counts
        load.prefillingCount = prefilling.count
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
        prefilling[sequence] = Prefill(isSpoken: mode.speaks)
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
            prefilling: prefilling.count, writing: isSpoken ? 0 : count - spokenCount, speaking: speaking.count)
        return backlog <= maximum
    }

    mutating func beginSteps(_ sequence: SequenceID) {
        guard let prefill = prefilling.removeValue(forKey: sequence) else { return }
        estimate.addPrefill(prefill.computed)
        if prefill.isSpoken { speaking.insert(sequence) } else { writing.insert(sequence) }
    }

    mutating func leave(_ sequence: SequenceID, _ metrics: ReplyMetrics?) {
        prefilling[sequence] = nil
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
        guard prefilling[sequence] != nil || speaking.contains(sequence) || writing.contains(sequence) else { return }
        estimate.addPrefillChunk(duration)
        prefilling[sequence]?.computed += duration
    }
}
