/// Decides what the replies that share a thread compute next: a pure machine, without a clock, a task or a lock.
///
/// There are two kinds of work. Steps give sound to those who are listening already; all that wait are taken together,
/// because a step of many costs little more than a step of one. Slices, parts of the encoding and the reading of a question, bring
/// somebody closer to the first sound. While every listener has sound left for the time that a slice takes, slices go first:
/// in the order in which their replies came, since whoever is served first has the least to wait. Neither kind is ever
/// put off for long.
struct ReplySchedule {
    typealias Instant = ContinuousClock.Instant

    /// Names a reply among those that share the thread, in the order in which they came.
    struct Place: Hashable, Comparable, Sendable {
        let index: Int

        static func < (a: Place, b: Place) -> Bool { a.index < b.index }
    }

    /// What to compute.
    enum Work: Equatable {
        /// One step of each of these, those whose sound runs out first in front.
        case step([Place])
        /// One slice.
        case slice(Place)
    }

    /// Sound that must be left while a slice is computed, beyond the time that the slice and the next step take.
    static let margin = Duration.milliseconds(40)
    /// The part of the time that slices get even while all steps are urgent.
    static let sliceShare = 0.25
    /// Steps while slices wait, and slices while steps wait: no more in a row.
    static let (maximumStepsInARow, maximumSlicesInARow) = (12, 6)

    /// Replies in one step, at most.
    let maximumStepWidth: Int

    /// Those who wait for a step, and when their sound runs out: before any sound at once, without sound never.
    private var steppers: [Place: Instant] = [:]
    private var slicers: Set<Place> = []
    private var stepsInARow = 0
    private var slicesInARow = 0
    /// Time that slices have a claim to: it grows during steps that were put before them.
    private var sliceClaim = Duration.zero
    private var lastDecision: (instant: Instant, isStep: Bool)?

    init(maximumStepWidth: Int) { self.maximumStepWidth = maximumStepWidth }

    mutating func waitForStep(_ place: Place, deadline: Instant) { steppers[place] = deadline }

    mutating func waitForSlice(_ place: Place) { slicers.insert(place) }

    /// Whoever waited at this place does so no more.
    mutating func forget(_ place: Place) {
        steppers[place] = nil
        slicers.remove(place)
    }

    /// What to compute now; `nil` when nobody waits. Whoever is named waits no more.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - cost: what a slice, and the step after it, have lately taken.
    mutating func next(at now: Instant, cost: Duration) -> Work? {
        account(until: now)
        guard let slicer = slicers.min() else { return nextStep(isContested: false) }
        guard let deadline = steppers.values.min() else { return slice(slicer, isContested: false) }
        let isUrgent = deadline < now + cost + Self.margin
        let stepsFirst =
            isUrgent
            ? stepsInARow < Self.maximumStepsInARow && sliceClaim <= .zero : slicesInARow >= Self.maximumSlicesInARow
        lastDecision = (now, stepsFirst)
        return stepsFirst ? nextStep(isContested: true) : slice(slicer, isContested: true)
    }

    /// What was decided last has taken until now.
    private mutating func account(until now: Instant) {
        defer { lastDecision = nil }
        guard let last = lastDecision else { return }
        let elapsed = now - last.instant
        sliceClaim += last.isStep ? elapsed * Self.sliceShare : .zero - elapsed
        // Neither a claim nor its opposite outlives the moment for long.
        sliceClaim = min(max(sliceClaim, .milliseconds(-200)), .milliseconds(200))
    }

    private mutating func nextStep(isContested: Bool) -> Work? {
        guard !steppers.isEmpty else { return nil }
        let sorted = steppers.sorted { $0.value != $1.value ? $0.value < $1.value : $0.key < $1.key }
        let places = sorted.prefix(maximumStepWidth).map(\.key)
        for place in places { steppers[place] = nil }
        stepsInARow = isContested ? stepsInARow + 1 : 0
        slicesInARow = 0
        return .step(places)
    }

    private mutating func slice(_ place: Place, isContested: Bool) -> Work {
        slicers.remove(place)
        slicesInARow = isContested ? slicesInARow + 1 : 0
        stepsInARow = 0
        return .slice(place)
    }
}
