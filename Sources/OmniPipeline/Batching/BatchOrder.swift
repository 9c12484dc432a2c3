/// Names a reply among those that share the thread, in the order in which they came.
struct SequenceID: Hashable, Comparable, Sendable {
    let index: Int

    static func < (a: SequenceID, b: SequenceID) -> Bool { a.index < b.index }
}

/// Decides what the replies that share a thread compute next: a pure machine, without a clock, a task or a lock.
///
/// There are two kinds of work. Steps give audio to present listeners; all that wait are taken together, because a
/// step of many costs little more than a step of one. Prefill chunks, parts of encoding and prefilling a question,
/// bring a later listener closer to the first audio. While every listener has audio left for the time that a chunk
/// takes, chunks go first, in the order in which their replies came. Silent replies, which are written and not spoken,
/// step along as long as no listener's audio is about to run out. No reply waits for long.
struct BatchOrder {
    typealias Instant = ContinuousClock.Instant

    /// What to compute.
    enum Work: Equatable {
        /// One step of each of these; the one whose audio runs out first is in front.
        case step([SequenceID])
        /// One prefill chunk.
        case prefillChunk(SequenceID)
    }

    /// Audio that must be left while a prefill chunk is computed, beyond the time that it and the next step take.
    static let margin = Duration.milliseconds(40)
    /// The part of the time that prefill chunks get even while all steps are urgent.
    static let prefillShare = 0.25
    /// Steps while chunks wait, and chunks while steps wait: no more in a row.
    static let (maximumStepsInARow, maximumChunksInARow) = (12, 6)
    /// Urgent steps that leave out silent replies: no more in a row.
    static let maximumStepsWithoutSilent = 3

    /// Replies in one step, at most.
    let maximumStepWidth: Int

    /// Replies that wait for a step, and when their audio runs out: before any audio at once.
    private var spoken: [SequenceID: Instant] = [:]
    /// Replies that wait for a step and have no audio that could run out.
    private var silent: Set<SequenceID> = []
    /// Places in steps that silent replies have had, and each one's last: where a step is too narrow for all, they take
    /// turns.
    private var servedCount = 0
    private var lastServed: [SequenceID: Int] = [:]
    private var prefilling: Set<SequenceID> = []
    private var stepsInARow = 0
    private var stepsWithoutSilent = 0
    private var chunksInARow = 0
    /// Time that prefill chunks have a claim to: it grows during steps that were put before them.
    private var prefillClaim = Duration.zero
    private var lastDecision: (instant: Instant, isStep: Bool)?

    init(maximumStepWidth: Int) { self.maximumStepWidth = maximumStepWidth }

    /// - Parameter deadline: when the reply's audio runs out; `nil` when it has none.
    mutating func waitForStep(_ sequence: SequenceID, deadline: Instant?) {
        if let deadline { spoken[sequence] = deadline } else { silent.insert(sequence) }
    }

    mutating func waitForPrefillChunk(_ sequence: SequenceID) { prefilling.insert(sequence) }

    /// This reply waits no more.
    mutating func forget(_ sequence: SequenceID) {
        spoken[sequence] = nil
        silent.remove(sequence)
        lastServed[sequence] = nil
        prefilling.remove(sequence)
    }

    /// What to compute now; `nil` when no reply waits. A reply that is named waits no more.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - cost: what a prefill chunk, and the step after it, have lately taken.
    mutating func next(at now: Instant, cost: Duration) -> Work? {
        account(until: now)
        let isUrgent = spoken.values.min().map { $0 < now + cost + Self.margin } ?? false
        guard let next = prefilling.min() else { return nextStep(isUrgent: isUrgent, isContested: false) }
        guard !spoken.isEmpty || !silent.isEmpty else { return prefillChunk(next, isContested: false) }
        let stepsFirst =
            isUrgent
            ? stepsInARow < Self.maximumStepsInARow && prefillClaim <= .zero : chunksInARow >= Self.maximumChunksInARow
        lastDecision = (now, stepsFirst)
        return stepsFirst ? nextStep(isUrgent: isUrgent, isContested: true) : prefillChunk(next, isContested: true)
    }

    /// What was decided last has taken until now.
    private mutating func account(until now: Instant) {
        defer { lastDecision = nil }
        guard let last = lastDecision else { return }
        let elapsed = now - last.instant
        prefillClaim += last.isStep ? elapsed * Self.prefillShare : .zero - elapsed
        // The claim and its opposite are bounded.
        prefillClaim = min(max(prefillClaim, .milliseconds(-200)), .milliseconds(200))
    }

    private mutating func nextStep(isUrgent: Bool, isContested: Bool) -> Work? {
        var sequences = spoken.sorted { $0.value != $1.value ? $0.value < $1.value : $0.key < $1.key }.map(\.key)
        if isUrgent, !silent.isEmpty, stepsWithoutSilent < Self.maximumStepsWithoutSilent {
            stepsWithoutSilent += 1
        } else {
            // One of them has a place also where listeners would take all.
            if !silent.isEmpty { sequences = Array(sequences.prefix(maximumStepWidth - 1)) }
            sequences += silent.sorted { (lastServed[$0] ?? -1, $0) < (lastServed[$1] ?? -1, $1) }
            stepsWithoutSilent = 0
        }
        guard !sequences.isEmpty else { return nil }
        sequences = Array(sequences.prefix(maximumStepWidth))
        for sequence in sequences {
            spoken[sequence] = nil
            guard silent.remove(sequence) != nil else { continue }
            lastServed[sequence] = servedCount
            servedCount += 1
        }
        stepsInARow = isContested ? stepsInARow + 1 : 0
        chunksInARow = 0
        return .step(sequences)
    }

    private mutating func prefillChunk(_ sequence: SequenceID, isContested: Bool) -> Work {
        prefilling.remove(sequence)
        chunksInARow = isContested ? chunksInARow + 1 : 0
        stepsInARow = 0
        return .prefillChunk(sequence)
    }
}
